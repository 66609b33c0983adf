import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One whole stack for all test files, on ports and in a folder of its own. */
export default async function setUp() {
  const { startStack } = await import('./src/stack.ts')
  const { findPorts } = await import('./src/shared-stack.ts')
  const { port, customerPort, deadPort } = await findPorts()
  const state = await mkdtemp(join(tmpdir(), 'upscale-acceptance-'))
  const env = {
    SAFE_FETCH_ALLOW: `127.0.0.1:${customerPort},127.0.0.1:${deadPort}`,
    PARK_FOR_MS: '600000',
    UPSCALE_ATTEMPTS: '3',
    UPSCALE_FIRST_RETRY_MS: '500',
  }
  const stack = await startStack({ state, port, env })
  const { stop, ...ready } = stack
  globalThis.upscaleStack = { stop, state }
  const file = join(state, 'ready.json')
  await writeFile(file, JSON.stringify({ ...ready, state, port, customerPort, deadPort }))
  process.env.UPSCALE_STACK_FILE = file
}
