import { once } from 'node:events'
import { tryLock } from '../lock.ts'
import { createJsonReporter } from '../output/json-reporter.ts'
import type { LogFilter } from '../output/log-filter.ts'
import type { Reporter } from '../output/reporter.ts'
import { createTextReporter } from '../output/text-reporter.ts'
import { portsOf, readGateways, readPort } from '../ports.ts'
import { EXIT } from '../problem.ts'
import { LEAVABLE, SERVICES, readNames } from '../stack/service-names.ts'
import { startStack } from '../stack/start-stack.ts'
import { openStateFolder } from '../state-folder.ts'
import { killBookedProcesses } from '../supervise/process-book.ts'
import { followStack } from './follow-stack.ts'
import { stopRequests } from './stop-requests.ts'

export interface StartOptions {
  state: string
  port: string
  gateways: string
  json?: boolean
  only?: string
  without?: string
  withStdin?: boolean
}

/** Runs the stack in the foreground until it is asked to stop. */
export async function start(options: StartOptions): Promise<void> {
  const ports = portsOf(readPort(options.port), readGateways(options.gateways))
  const only = readNames('--only', options.only, SERVICES)
  const without = readNames('--without', options.without, LEAVABLE)
  const task = process.env['TASK'] || undefined
  const reporter = createReporter(options, { only, task })
  const state = openStateFolder(options.state)
  const { withStdin = false } = options
  using lock = tryLock(state.lock)
  if (!lock) {
    const followed = await followStack(state, reporter, { withStdin, wholeLog: task !== undefined })
    return followed ? undefined : await start(options)
  }

  const signal = stopRequests({
    withStdin,
    force: () => killBookedProcesses(state.processes),
  })
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
    if (withStdin) process.stdin.pause() // else it keeps this process
  }
  reporter.say('Stopped.')
}

const createReporter = ({ json }: StartOptions, filter: LogFilter): Reporter =>
  json ? createJsonReporter(process.stdout, filter) : createTextReporter(process.stdout, filter)
