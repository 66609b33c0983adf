import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from '../error-code.ts'

/** A process that cannot be taken for another one, although numbers are used again. */
export interface ProcessIdentity {
  pid: number
  /** When the system says that it started, in the system's own words. */
  startedAt: string
}

/** undefined where there is no such process, or only its remains that nobody has collected. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : psStart(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

export const isAlive = ({ pid, startedAt }: ProcessIdentity): boolean =>
  identityOf(pid)?.startedAt === startedAt

function linuxStart(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The name in brackets may hold anything; after it: state, then from the fourth field on numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

function psStart(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() || undefined
}

/** Resolves when the process is gone: for one that is not our child. */
export async function whenGone(identity: ProcessIdentity, everyMs = 200): Promise<void> {
  while (isAlive(identity)) await sleep(everyMs)
}

/** A signal to the process and to all that it started; harmless where nothing is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

/** Asks a process group to end, and makes it end when `graceMs` are over. */
export async function endGroup(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (isAlive(identity)) {
    process.kill(identity.pid, 'SIGTERM')
    await Promise.race([whenGone(identity, 50), sleep(graceMs, undefined, { ref: false })])
  }
  // Tools that it left behind, and itself where it did not listen.
  signalGroup(identity.pid, 'SIGKILL')
  await whenGone(identity, 50)
}
