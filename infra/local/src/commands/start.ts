import { once } from 'node:events'
import { tryLock } from '../lock.ts'
import { createJsonReporter } from '../output/json-reporter.ts'
import type { Reporter } from '../output/reporter.ts'
import { createTextReporter } from '../output/text-reporter.ts'
import { portsOf, readPort } from '../ports.ts'
import { EXIT } from '../problem.ts'
import { startStack } from '../stack/start-stack.ts'
import { waitForRunningStack } from '../stack/stack-record.ts'
import { openStateFolder } from '../state-folder.ts'
import type { StateFolder } from '../state-folder.ts'
import { killBookedProcesses } from '../supervise/process-book.ts'
import { stopRequests } from './stop-requests.ts'

export interface StartOptions {
  state: string
  port: string
  json?: boolean
  only?: string
  without?: string
  withStdin?: boolean
}

/** Runs the stack in the foreground until it is asked to stop. */
export async function start(options: StartOptions): Promise<void> {
  const state = openStateFolder(options.state)
  const ports = portsOf(readPort(options.port))
  const reporter = createReporter(options)
  using lock = tryLock(state.lock)
  if (!lock) return await showRunning(state, reporter, options)

  const signal = stopRequests({
    withStdin: options.withStdin ?? false,
    force: () => killBookedProcesses(state.processes),
  })
  const without = options.without?.split(',') ?? []
  const began = Date.now()
  try {
    await using stack = await startStack({ state, ports, reporter, signal, without })
    reporter.ready(stack.ready, stack.rows)
    reporter.say(`ready in ${((Date.now() - began) / 1000).toFixed(1)} s; Ctrl-C stops it`)
    if (!signal.aborted) await once(signal, 'abort')
    reporter.say('Stopping …')
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = EXIT.interrupted
  } finally {
    if (options.withStdin) process.stdin.pause() // else it keeps this process
  }
  reporter.say('Stopped.')
}

async function showRunning(
  state: StateFolder,
  reporter: Reporter,
  options: StartOptions,
): Promise<void> {
  reporter.say('A stack runs already on this state folder.')
  const running = await waitForRunningStack(state)
  if (!running) return await start(options) // it has stopped meanwhile
  for (const row of running.rows) reporter.service(row)
  reporter.ready(running.ready, running.rows)
}

const createReporter = ({ json, only }: StartOptions): Reporter =>
  json
    ? createJsonReporter(process.stdout)
    : createTextReporter(process.stdout, {
        only: only?.split(',') ?? [],
        task: process.env['TASK'],
      })
