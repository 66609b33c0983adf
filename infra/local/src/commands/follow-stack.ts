import { followLogFile } from '../output/follow-log-file.ts'
import type { Reporter } from '../output/reporter.ts'
import { readRunningStack, waitForRunningStack } from '../stack/stack-record.ts'
import type { StateFolder } from '../state-folder.ts'
import { isAlive } from '../supervise/process-identity.ts'
import { stopRequests } from './stop-requests.ts'

/**
 * Shows the stack that another terminal runs and follows its log, until we are asked to stop or that
 * stack is gone. False where it stops before it is ready.
 */
export async function followStack(
  state: StateFolder,
  reporter: Reporter,
  options: { withStdin: boolean; wholeLog: boolean },
): Promise<boolean> {
  if (!readRunningStack(state)?.ready)
    reporter.say('A stack is being started on this state folder: waiting until it is ready.')
  const running = await waitForRunningStack(state)
  if (!running) return false
  reporter.ready(running.ready, running.rows)
  for (const row of running.rows) reporter.service(row)
  reporter.say('This stack runs already: its log follows; Ctrl-C leaves the stack running.')

  const readerGone = new AbortController()
  process.stdout.once('error', () => readerGone.abort())
  const asked = stopRequests({ withStdin: options.withStdin, force: () => {} })
  const lines = followLogFile(state.log, {
    fromStart: options.wholeLog,
    isWritten: () => isAlive(running.supervisor),
    signal: AbortSignal.any([asked, readerGone.signal]),
  })
  for await (const line of lines) reporter.log(line)
  if (options.withStdin) process.stdin.pause() // else it keeps this process
  if (!isAlive(running.supervisor)) reporter.say('The stack has stopped.')
  return true
}
