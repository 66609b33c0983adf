import { CommanderError } from 'commander'
import { plainText } from './output/plain-text.ts'
import { EXIT, Problem } from './problem.ts'
import { createProgram } from './program.ts'
import type { World } from './world.ts'

/** Runs one command; its exit code. A failure is one sentence on standard error. */
export async function runOps(args: readonly string[], world: World): Promise<number> {
  try {
    await createProgram(world).parseAsync(args, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, world)
    const isProblem = error instanceof Problem
    // Whatever is no problem is a fault of ours: its stack helps to mend it.
    world.stderr.write(isProblem ? `${plainText(error.message)}\n` : `${stackOf(error)}\n`)
    return isProblem ? error.exitCode : EXIT.finding
  }
}

/** Help that was asked for is no failure; help instead of a missing command has said it all. */
function endOfParsing({ code, exitCode, message }: CommanderError, { stderr }: World): number {
  if (exitCode === 0) return EXIT.ok
  if (code !== 'commander.help') stderr.write(`${sentenceOf(message)}\n`)
  return EXIT.usage
}

const sentenceOf = (message: string): string => {
  const text = message.replace(/^error: |\.$/g, '').replaceAll('\n', ' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: see --help.`
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
