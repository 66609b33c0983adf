import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { EXIT } from '../problem.ts'
import { inRepository, sourceArgs } from '../repository.ts'

/** Runs the figures of `acceptance/bench`, which starts a stack of its own. */
export async function bench(): Promise<void> {
  const child = spawn(process.execPath, sourceArgs('acceptance/bench/main.ts'), {
    cwd: inRepository(),
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? EXIT.unexpected
}
