import { createProgram } from './commands/program.ts'
import { EXIT, Problem } from './problem.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  // A problem is one sentence for people; whatever else arrives here is a fault of ours.
  process.stderr.write(`${error instanceof Problem ? error.message : String(stackOf(error))}\n`)
  process.exitCode = error instanceof Problem ? error.exitCode : EXIT.unexpected
}

function stackOf(error: unknown): unknown {
  return error instanceof Error ? error.stack : error
}
