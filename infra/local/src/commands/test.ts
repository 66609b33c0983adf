import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createTextReporter } from '../output/text-reporter.ts'
import { EXIT } from '../problem.ts'
import { inRepository } from '../repository.ts'
import { toolEnvironment } from '../stack/app-service.ts'
import { createTestCounter, renderCount } from '../test-run/count-tests.ts'
import { startTestServers } from '../test-run/test-servers.ts'
import type { TestServers } from '../test-run/test-servers.ts'
import { stopRequests } from './stop-requests.ts'

const AT_ONCE = 2 // packages: each test file starts servers and media tools of its own

/** Runs the tests of all packages, or what the arguments for turbo choose; ends with turbo's exit code. */
export async function test(turboArgs: readonly string[]): Promise<void> {
  const signal = stopRequests({ force: () => {} })
  const reporter = createTextReporter(process.stdout, { only: [] })
  try {
    await using servers = await startTestServers(reporter, signal)
    process.exitCode = await runTurbo(turboArgs, servers, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = EXIT.interrupted
  }
}

async function runTurbo(
  turboArgs: readonly string[],
  servers: TestServers,
  signal: AbortSignal,
): Promise<number> {
  const atOnce = turboArgs.some((arg) => arg.startsWith('--concurrency'))
    ? []
    : [`--concurrency=${AT_ONCE}`]
  const child = spawn(
    inRepository('node_modules', '.bin', 'turbo'),
    ['run', 'test', ...atOnce, ...turboArgs],
    {
      cwd: inRepository(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...toolEnvironment(process.env),
        ...(process.stdout.isTTY && !process.env['NO_COLOR'] && { FORCE_COLOR: '1' }),
        TEST_DATABASE_URL: servers.databaseUrl,
        TEST_TEMPORAL_ADDRESS: servers.temporalAddress,
      },
    },
  )
  signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const counter = createTestCounter()
  for (const [input, output] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const)
    createInterface({ input }).on('line', (line) => {
      counter.read(line)
      output.write(`${line}\n`)
    })
  const [code] = (await once(child, 'close')) as [number | null]
  const exitCode = code ?? EXIT.unexpected
  process.stdout.write(`${renderCount(counter.count, exitCode)}\n`)
  return exitCode
}
