import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { tryLock } from '../lock.ts'
import { readJsonFile, writePrivateFile } from '../private-file.ts'
import { isAlive } from '../supervise/process-identity.ts'
import type { ProcessIdentity } from '../supervise/process-identity.ts'
import type { ServiceRow } from '../supervise/service.ts'
import type { StateFolder } from '../state-folder.ts'
import type { ReadyStack } from '../output/reporter.ts'

/** What a running stack writes down for commands in other terminals. */
export interface StackRecord {
  supervisor: ProcessIdentity
  /** null while it starts. */
  ready: ReadyStack | null
  rows: ServiceRow[]
}

export const writeStackRecord = (state: StateFolder, record: StackRecord): void =>
  writePrivateFile(state.stack, JSON.stringify(record, null, 2))

export const removeStackRecord = (state: StateFolder): void => rmSync(state.stack, { force: true })

/** The stack that runs on this state folder, if there is one. */
export function readRunningStack(state: StateFolder): StackRecord | undefined {
  const record = readJsonFile(state.stack) as StackRecord | undefined
  return record && isAlive(record.supervisor) ? record : undefined
}

/** Waits for the stack of another terminal to be ready; undefined where it stops instead. */
export async function waitForRunningStack(
  state: StateFolder,
): Promise<(StackRecord & { ready: ReadyStack }) | undefined> {
  for (;;) {
    const record = readRunningStack(state)
    if (record?.ready) return { ...record, ready: record.ready }
    using free = tryLock(state.lock)
    if (free) return undefined
    await sleep(200)
  }
}
