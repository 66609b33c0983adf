import { withLock } from '../lock.ts'
import { inRepository } from '../repository.ts'
import { mustRun } from '../run-command.ts'
import type { Progress } from '../steps/run-steps.ts'
import { findTurbo } from './turbo.ts'

/** Makes the workflow bundle where its sources changed. Two set-ups in one work tree take turns. */
export async function makeBundle({ signal, say }: Progress): Promise<void> {
  const { program, env } = findTurbo(process.env)
  const onWait = () => say('another set-up makes it: waiting')
  const args = ['run', 'bundle', '--filter=@upscale/workflows', '--output-logs=errors-only']
  await withLock(inRepository('.dev', 'bundle.lock'), { signal, onWait }, () =>
    mustRun('Making the workflow bundle', program, args, { cwd: inRepository(), env, signal }),
  )
}
