import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPorts } from './shared-stack.ts'
import { startStack } from './stack.ts'

/** One whole stack for a whole run, on ports and in a folder of its own; found by `sharedStack`. */
export async function startSharedStack() {
  const { port, customerPort, deadPort } = await findPorts()
  const state = await mkdtemp(join(tmpdir(), 'upscale-acceptance-'))
  const env = {
    SAFE_FETCH_ALLOW: `127.0.0.1:${customerPort},127.0.0.1:${deadPort}`,
    PARK_FOR_MS: '600000',
    UPSCALE_ATTEMPTS: '3',
    UPSCALE_FIRST_RETRY_MS: '500',
  }
  const { stop, ...ready } = await startStack({ state, port, env })
  const file = join(state, 'ready.json')
  await writeFile(file, JSON.stringify({ ...ready, state, port, customerPort, deadPort }))
  process.env['UPSCALE_STACK_FILE'] = file
  return {
    async stop() {
      await stop()
      await rm(state, { recursive: true, force: true })
    },
  }
}
