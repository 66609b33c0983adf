import { withLock } from '../lock.ts'
import { stopPostgresIn } from '../postgres/postgres-server.ts'
import { Problem } from '../problem.ts'
import { readRunningStack, removeStackRecord } from '../stack/stack-record.ts'
import { openStateFolder } from '../state-folder.ts'
import { endLeftOvers } from '../supervise/process-book.ts'

const STOP_WITHIN_MS = 60_000

/** Stops the stack of a state folder, and what a killed one left running. */
export async function stop(stateDir: string): Promise<void> {
  const state = openStateFolder(stateDir)
  const running = readRunningStack(state)
  if (running) process.kill(running.supervisor.pid, 'SIGTERM')
  const tooLate = AbortSignal.timeout(STOP_WITHIN_MS)
  const stopped = await withLock(state.lock, { signal: tooLate }, async () => {
    const left = await endLeftOvers(state.processes)
    const database = await stopPostgresIn(state.postgres)
    removeStackRecord(state)
    return running !== undefined || database || left.length > 0
  }).catch((error: unknown) => {
    if (!tooLate.aborted) throw error
    throw new Problem('The stack does not stop: press Ctrl-C twice in its terminal.')
  })
  process.stdout.write(stopped ? 'Stopped.\n' : 'Nothing was running.\n')
}
