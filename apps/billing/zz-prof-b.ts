import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { testTemporal } from '@upscale/testing'
import { testBilling } from './tests/test-billing.ts'
const N = Number(process.env['N'] ?? 300)
const temporal = await testTemporal(['UpscaleStage'])
const billing = await testBilling()
const account = await billing.account(10_000_000n)
const args = process.env['PROF'] ? ['--cpu-prof', '--cpu-prof-dir=' + process.env['PROF']] : []
const noop = process.env['NOOP']
const child = spawn(process.execPath, noop ? [noop, temporal.address, temporal.namespace] : [...args, '--conditions=@upscale/source', 'src/main.ts'], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env,
  LOG_LEVEL: 'info', BILLING_PORT: '26556', BILLING_DATABASE_URL: billing.config.db.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace, BILLING_SECRET: 'x' } })
const one = async () => temporal.client.activity.execute('debit', { id: randomUUID(), taskQueue: 'billing', args: [{ taskId: `task_${randomBytes(12).toString('hex')}`, generation: 1, accountId: account, durationMs: 8500, factor: '2', orWaive: false }], startToCloseTimeout: '60s' })
const run = async (n: number) => { const q = Array(n).fill(0).values(); await Promise.all(Array.from({ length: 8 }, async () => { for (const _ of q) await one() })) }
const cpu = () => { const f = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
await run(50)
const c0 = cpu(), t0 = Date.now()
await run(N)
console.log(noop ? 'NOOP' : 'debit', 'ms CPU', ((cpu() - c0) / N).toFixed(2), 'wall', ((Date.now() - t0) / N).toFixed(1))
child.kill('SIGTERM'); await new Promise((r) => child.once('exit', r))
await billing[Symbol.asyncDispose](); await temporal[Symbol.asyncDispose](); process.exit(0)
