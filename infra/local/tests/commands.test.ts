import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { portsOf } from '../src/ports.ts'
import { sourceArgs } from '../src/repository.ts'
import { freeBasePort } from './free-base-port.ts'
import { temporaryFolder } from './temporary-folder.ts'

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [...sourceArgs('infra/local/src/main.ts'), ...args],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  )
  return { status, stderr, stdout }
}

test.each([
  [['start', '--port', '80'], '--port must be a whole number from 1024 to 65519.\n'],
  [['start', '--gateways', '5'], '--gateways must be a whole number from 1 to 4.\n'],
  [['demo', '--factor', '3'], '--factor must be 1, 2 or 4.\n'],
  [
    ['demo', '/no/such.mp4'],
    'There is no file /no/such.mp4: name a video file or an http(s) URL.\n',
  ],
  [['demo', 'http://'], 'http:// is not a whole URL.\n'],
  [
    ['demo', '--out', '/no/such/result.mp4'],
    '--out cannot be /no/such/result.mp4: name a file in a folder that exists and that you may write to.\n',
  ],
  [
    ['start', '--only', 'billing,nosuch'],
    '--only does not know "nosuch": choose from gateway, gateway-2, gateway-3, gateway-4, gateway-worker, billing, orchestrator, media-probe, upscale-worker, samples, temporal, postgres.\n',
  ],
  [
    ['start', '--without', 'billing'],
    '--without does not know "billing": choose from gateway-worker, orchestrator, media-probe, upscale-worker.\n',
  ],
])('%j is a mistake of use', (args, stderr) => {
  using folder = temporaryFolder()
  expect(run([...args, '--state', folder.path])).toEqual({ status: 2, stderr, stdout: '' })
})

test('prove knows its parts', () => {
  const stderr = 'prove does not know "nosuch": choose from ledger, kill, reset.\n'
  expect(run(['prove', 'kill', 'nosuch'])).toEqual({ status: 2, stderr, stdout: '' })
})

test('stop is harmless where nothing runs', () => {
  using folder = temporaryFolder()
  const answer = run(['stop', '--state', folder.path])
  expect(answer).toEqual({ status: 0, stderr: '', stdout: 'Nothing was running.\n' })
})

test('relative paths start where the person stands', () => {
  using folder = temporaryFolder()
  const answer = run(['stop', '--state', '.'], { INIT_CWD: folder.path })
  expect(answer).toEqual({ status: 0, stderr: '', stdout: 'Nothing was running.\n' })
  expect(existsSync(join(folder.path, 'stack.lock'))).toBe(true)
})

test('without pnpm on the path it says how to start', () => {
  expect(run(['test'], { PATH: '/nowhere' })).toEqual({
    status: 1,
    stderr:
      'pnpm is not on the PATH: begin the command with `npx pnpm@12`, as in `npx pnpm@12 start`, which brings it.\n',
    stdout: '',
  })
})

test('a taken port is one sentence with the fix, and nothing was started', async () => {
  using folder = temporaryFolder()
  const base = await freeBasePort()
  const { billing } = portsOf(base)
  const other = createServer().listen(billing, '127.0.0.1')
  await once(other, 'listening')
  const answer = run(['start', '--state', folder.path, '--port', String(base)])
  other.close()
  expect(answer).toEqual({
    status: 1,
    stderr: `Port ${billing}, meant for billing, is taken by another program: stop that program, or choose other ports with --port N (11 ports from N are used, and two more for each further gateway).\n`,
    stdout: '',
  })
})
