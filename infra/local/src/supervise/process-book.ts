import { readJsonFile, writePrivateFile } from '../private-file.ts'
import { endGroup, identityOf, isAlive, signalGroup } from './process-identity.ts'
import type { ProcessIdentity } from './process-identity.ts'

export interface ProcessBook {
  add(service: string, pid: number): void
  remove(service: string): void
}

type Entries = Record<string, ProcessIdentity>

/** Writes down each process that we start, so that the next start finds what a killed stack left. */
export function openProcessBook(path: string): ProcessBook {
  const entries: Entries = {}
  const save = () => writePrivateFile(path, JSON.stringify(entries))
  return {
    add(service, pid) {
      const identity = identityOf(pid)
      if (!identity) return // it ended at once
      entries[service] = identity
      save()
    },
    remove(service) {
      delete entries[service]
      save()
    },
  }
}

const LEFT_OVER_GRACE_MS = 3_000

/** Ends what a killed stack left running. The services that it was. */
export async function endLeftOvers(path: string): Promise<string[]> {
  const entries = (readJsonFile(path) ?? {}) as Entries
  const left = Object.entries(entries).filter(([, identity]) => isAlive(identity))
  await Promise.all(left.map(([, identity]) => endGroup(identity, LEFT_OVER_GRACE_MS)))
  writePrivateFile(path, '{}')
  return left.map(([service]) => service)
}

/** Ends all that we started, at once: for a person who does not want to wait. */
export function killBookedProcesses(path: string): void {
  const entries = (readJsonFile(path) ?? {}) as Entries
  for (const identity of Object.values(entries))
    if (isAlive(identity)) signalGroup(identity.pid, 'SIGKILL')
}
