import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { playGateway } from './playing-gateway.ts'
import { opsIn } from './run.ts'

const PREFLIGHT = fileURLToPath(new URL('../../local/preflight.js', import.meta.url))

/** A state folder with what a running stack writes into it. */
function stateOf(gatewayUrl: string): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'ops-'))
  const record = {
    ready: { temporal: { ui: 'http://127.0.0.1:4010', namespace: 'default' } },
    rows: [
      { service: 'billing', health: 'http://127.0.0.1:1/readyz' },
      { service: 'gateway', health: `${gatewayUrl}/readyz` },
    ],
  }
  writeFileSync(join(path, 'stack.json'), JSON.stringify(record))
  writeFileSync(join(path, 'secrets.json'), JSON.stringify({ gatewaySecret: 'local' }))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

const WELL = { status: 200, body: { checks: [] } }

test("the local stack's gateway, secret and Temporal UI are found in its state folder", async () => {
  await using gateway = await playGateway({ 'GET /internal/doctor': WELL })
  using state = stateOf(gateway.url)
  expect((await opsIn({}, state.path, 'doctor')).code).toBe(0)
  expect(gateway.asked[0]?.secret).toBe('Bearer local')
  expect((await opsIn({}, '/', 'views', '--state', state.path)).stdout).toContain(
    'http://127.0.0.1:4010/namespaces/default/workflows?query=UpscaleStage%20%3D%20%22needs_attention%22%20AND%20ExecutionStatus%20%3D%20%22Running%22\n',
  )
})

test('links of a gateway elsewhere do not lead to the UI of this machine', async () => {
  using state = stateOf('http://127.0.0.1:1')
  const env = { UPSCALE_GATEWAY_INTERNAL_URL: 'http://gateway:4001' }
  expect((await opsIn(env, state.path, 'views')).code).toBe(2)
})

test('started as people start it, arguments and exit code pass through', () => {
  const start = (...args: string[]) => {
    const node = ['--conditions=@upscale/source', PREFLIGHT, 'ops', ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  expect(start('doctor', '--state', '/no/such/state')).toEqual({
    status: 5,
    stdout: '',
    stderr:
      'No stack runs here: start the stack with `npx pnpm@12 start`, or say where the gateway is with UPSCALE_GATEWAY_INTERNAL_URL and UPSCALE_GATEWAY_SECRET.\n',
  })
  const views = start('views', '--ui', 'http://ui', '--json')
  expect([views.status, views.stderr]).toEqual([0, ''])
  expect(JSON.parse(views.stdout)).toMatchObject({
    views: [{ question: 'Which jobs wait for a person?' }, {}, {}, {}, {}, {}, {}, {}],
  })
})
