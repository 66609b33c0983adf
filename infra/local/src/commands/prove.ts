import { createTextReporter } from '../output/text-reporter.ts'
import { EXIT, Problem } from '../problem.ts'
import { inRepository, sourceArgs } from '../repository.ts'
import { toolEnvironment } from '../stack/app-service.ts'
import { runWatched } from '../test-run/run-watched.ts'
import { serverEnvironment, startTestServers } from '../test-run/test-servers.ts'
import { stopRequests } from './stop-requests.ts'

const SILENCE = {
  silentMs: 10 * 60_000,
  silenceMeans: 'run this part alone to see where it hangs',
}

/** What is proven, and by which script. */
export const PARTS = {
  ledger: {
    script: 'apps/billing/prove/main.ts',
    mayTake: '10 minutes',
    what: 'the ledger alone: job lives under lost replies and killed servers, and planted bugs',
  },
  kill: {
    script: 'acceptance/prove/main.ts',
    mayTake: '25 minutes',
    what: 'the whole: every process killed and halted at every stage of a job',
  },
  reset: {
    script: 'acceptance/prove/main.ts',
    mayTake: '10 minutes',
    what: 'the whole: workflow Reset to every event of four kinds of job',
  },
} as const
type Part = keyof typeof PARTS

/** Runs the long proofs one after the other, on servers of their own; all of them, even where one fails. */
export async function prove(names: readonly string[]): Promise<void> {
  const parts = readParts(names)
  const signal = stopRequests({ force: () => {} })
  const reporter = createTextReporter(process.stdout, { only: [] })
  try {
    await using servers = await startTestServers(reporter, signal)
    const env = { ...toolEnvironment(process.env), ...serverEnvironment(servers) }
    for (const [script, chosen] of scriptsOf(parts)) {
      const code = await runWatched({
        program: process.execPath,
        args: [...sourceArgs(script), ...chosen],
        cwd: inRepository(),
        env,
        onLine: (line, output) => output.write(`${line}\n`),
        ...SILENCE,
        signal,
      })
      if (code !== EXIT.ok) process.exitCode = EXIT.unexpected
    }
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = EXIT.interrupted
  }
}

function readParts(names: readonly string[]): Part[] {
  const known = Object.keys(PARTS) as Part[]
  const odd = names.find((name) => !known.some((part) => part === name))
  if (odd !== undefined)
    throw new Problem(`prove does not know "${odd}": choose from ${known.join(', ')}.`, EXIT.usage)
  return known.filter((part) => names.length === 0 || names.includes(part))
}

/** Each script once, with the parts that it runs: those of the whole share one stack. */
function scriptsOf(parts: readonly Part[]): Map<string, Part[]> {
  const scripts = new Map<string, Part[]>()
  for (const part of parts) {
    const { script } = PARTS[part]
    scripts.set(script, [...(scripts.get(script) ?? []), part])
  }
  return scripts
}
