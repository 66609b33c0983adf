import { withLock } from '../lock.ts'
import { inRepository } from '../repository.ts'
import { mustRun } from '../run-command.ts'
import type { Progress } from '../steps/run-steps.ts'
import { toolEnvironment } from './app-service.ts'

/** Makes the workflow bundle where its sources changed. Two set-ups in one work tree take turns. */
export async function makeBundle({ signal, say }: Progress): Promise<void> {
  const onWait = () => say('another set-up makes it: waiting')
  const turbo = inRepository('node_modules', '.bin', 'turbo')
  const args = ['run', 'bundle', '--filter=@upscale/workflows', '--output-logs=errors-only']
  const options = { cwd: inRepository(), env: toolEnvironment(process.env), signal }
  await withLock(inRepository('.dev', 'bundle.lock'), { signal, onWait }, () =>
    mustRun('Making the workflow bundle', turbo, args, options),
  )
}
