import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from '../error-code.ts'
import { Problem } from '../problem.ts'
import { identityOf } from '../supervise/process-identity.ts'

/** The first process of a server, which its data folder names. */
export interface Postmaster {
  pid: number
  port: number
}

/** The server that runs on this data folder, if there is one. */
export function runningPostmaster(data: string): Postmaster | undefined {
  const named = namedPostmaster(data)
  return named && identityOf(named.pid) ? named : undefined
}

const COLLECT_WITHIN_MS = 30_000

/** A killed server whose remains nobody has collected still looks alive to PostgreSQL: waits for the end. */
export async function untilNoRemains(data: string): Promise<void> {
  const deadline = Date.now() + COLLECT_WITHIN_MS
  for (;;) {
    const named = namedPostmaster(data)
    if (!named || !hasNumber(named.pid)) return
    if (Date.now() > deadline)
      throw new Problem(
        `PostgreSQL was killed and the system keeps its process ${named.pid}: restart the machine or container.`,
      )
    await sleep(100)
  }
}

function namedPostmaster(data: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]) }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}
