import { createTextReporter } from '../output/text-reporter.ts'
import { EXIT } from '../problem.ts'
import { inRepository } from '../repository.ts'
import { findTurbo } from '../stack/turbo.ts'
import type { Turbo } from '../stack/turbo.ts'
import { createTestCounter, renderCount } from '../test-run/count-tests.ts'
import { runWatched } from '../test-run/run-watched.ts'
import { serverEnvironment, startTestServers } from '../test-run/test-servers.ts'
import type { TestServers } from '../test-run/test-servers.ts'
import { stopRequests } from './stop-requests.ts'

const DEFAULTS = [
  '--concurrency=2', // packages: each test file starts servers and media tools of its own
  '--log-order=stream', // as it comes, so that silence is a sign
]
// The whole at last and alone: it kills and measures what others would disturb.
const PASSES = [['--filter=!@upscale/acceptance'], ['--filter=@upscale/acceptance']]
const SILENCE = {
  silentMs: 10 * 60_000, // the longest test file takes less
  silenceMeans:
    'a failed test has probably left a server or a timer behind, so run its package alone with --filter',
}

/** Runs the tests of all packages, or what the arguments for turbo choose; ends with turbo's exit code. */
export async function test(turboArgs: readonly string[]): Promise<void> {
  const signal = stopRequests({ force: () => {} })
  const turbo = findTurbo(process.env)
  const reporter = createTextReporter(process.stdout, { only: [] })
  try {
    await using servers = await startTestServers(reporter, signal)
    for (const args of turboArgs.length > 0 ? [turboArgs] : PASSES) {
      process.exitCode = await runTurbo(turbo, args, servers, signal)
      if (process.exitCode !== 0) break
    }
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = EXIT.interrupted
  }
}

async function runTurbo(
  { program, env }: Turbo,
  turboArgs: readonly string[],
  servers: TestServers,
  signal: AbortSignal,
): Promise<number> {
  const counter = createTestCounter()
  let exitCode: number = EXIT.unexpected
  try {
    exitCode = await runWatched({
      program,
      args: ['run', 'test', ...withDefaults(turboArgs)],
      cwd: inRepository(),
      env: {
        ...env,
        ...(process.stdout.isTTY && !process.env['NO_COLOR'] && { FORCE_COLOR: '1' }),
        ...serverEnvironment(servers),
      },
      onLine(line, output) {
        counter.read(line)
        output.write(`${line}\n`)
      },
      ...SILENCE,
      signal,
    })
  } finally {
    process.stdout.write(`${renderCount(counter.count, exitCode)}\n`)
  }
  return exitCode
}

const withDefaults = (turboArgs: readonly string[]): string[] => [
  ...DEFAULTS.filter((option) => !turboArgs.some((arg) => arg.startsWith(nameOf(option)))),
  ...turboArgs,
]

const nameOf = (option: string): string => option.slice(0, option.indexOf('='))
