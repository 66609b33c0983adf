import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBalancer } from './balancer.ts'
import { makeFfmpeg } from './lying-ffmpeg.ts'
import { GATEWAYS, findPorts } from './shared-stack.ts'
import { startStack } from './stack.ts'

/**
 * One whole stack for a whole run, with gateways behind one address, on ports and in a folder of its own;
 * found by `sharedStack`.
 */
export async function startSharedStack(settings: Record<string, string> = {}) {
  const { port, publicPort, customerPort, deadPort } = await findPorts()
  const state = await mkdtemp(join(tmpdir(), 'upscale-acceptance-'))
  const env = {
    PUBLIC_URL: `http://127.0.0.1:${publicPort}`,
    SAFE_FETCH_ALLOW: `127.0.0.1:${customerPort},127.0.0.1:${deadPort}`,
    FFMPEG_PATH: await makeFfmpeg(state),
    PARK_FOR_MS: '600000',
    UPSCALE_ATTEMPTS: '3',
    UPSCALE_FIRST_RETRY_MS: '500',
    ...settings,
  }
  const args = ['--gateways', String(GATEWAYS)]
  const { stop, ...ready } = await startStack({ state, port, env, args })
  const balancer = await startBalancer(publicPort, ready.gateways)
  const file = join(state, 'ready.json')
  const api = balancer.origin
  await writeFile(file, JSON.stringify({ ...ready, api, state, port, customerPort, deadPort }))
  process.env['UPSCALE_STACK_FILE'] = file
  return {
    async stop() {
      await balancer[Symbol.asyncDispose]()
      await stop()
      await rm(state, { recursive: true, force: true })
    },
  }
}
