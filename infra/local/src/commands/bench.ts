import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createTextReporter } from '../output/text-reporter.ts'
import { EXIT, Problem } from '../problem.ts'
import { inRepository, sourceArgs } from '../repository.ts'
import { serverEnvironment, startTestServers } from '../test-run/test-servers.ts'
import { stopRequests } from './stop-requests.ts'

/** What is measured, and by which script. */
export const BENCHES = {
  jobs: 'the whole, on a stack of its own: answers, jobs, reads, memory',
  ledger: 'debits on one and on many accounts, and what a burst costs the others',
} as const
type Bench = keyof typeof BENCHES

/** Measures one part after the other; all of them where none is named. */
export async function bench(names: readonly string[]): Promise<void> {
  const known = Object.keys(BENCHES) as Bench[]
  const odd = names.find((name) => !known.some((part) => part === name))
  if (odd !== undefined)
    throw new Problem(`bench does not know "${odd}": choose from ${known.join(', ')}.`, EXIT.usage)
  const chosen = known.filter((part) => names.length === 0 || names.includes(part))
  if (chosen.includes('ledger')) await benchLedger()
  if (chosen.includes('jobs')) await runScript('acceptance/bench/main.ts')
}

async function benchLedger(): Promise<void> {
  const reporter = createTextReporter(process.stdout, { only: [] })
  await using servers = await startTestServers(reporter, stopRequests({ force: () => {} }))
  await runScript('apps/billing/bench/main.ts', serverEnvironment(servers))
}

async function runScript(script: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn(process.execPath, sourceArgs(script), {
    cwd: inRepository(),
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== EXIT.ok) process.exitCode = EXIT.unexpected
}
