import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { testDatabase, testTemporal } from '@upscale/testing'
import { appUrl, openDb, rolePassword } from '@upscale/db'
import { migrate } from './src/db/migrate.ts'
import { insertOrder } from './src/tasks/order-store.ts'
import { media } from './tests/job-facts.ts'
const N = Number(process.env['N'] ?? 300)
const temporal = await testTemporal(['UpscaleStage'])
const database = await testDatabase({ name: 'gatewayprof', sources: [new URL('./src/db', import.meta.url)], migrate })
const url = appUrl(database.adminUrl, 'gateway_app', rolePassword(database.adminUrl, 'gateway_app'))
const args = process.env['PROF'] ? ['--cpu-prof', '--cpu-prof-dir=' + process.env['PROF']] : []
const child = spawn(process.execPath, [...args, '--conditions=@upscale/source', 'src/worker.ts'], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env,
  LOG_LEVEL: 'info', GATEWAY_WORKER_INTERNAL_PORT: '26555', GATEWAY_DATABASE_URL: url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace, BILLING_URL: 'http://127.0.0.1:1', BILLING_SECRET: 'x' } })
const db = openDb<any>({ url: database.adminUrl, poolMax: 2 })
const price = { creditsUsed: 144, creditsRemaining: 856, creditsPerSecond: 16, debitId: 'txn_1' }
const ids: string[] = []
for (let i = 0; i < N + 50; i++) {
  const taskId = `task_${randomBytes(12).toString('hex')}`
  ids.push(taskId)
  await insertOrder(db as never, { taskId, accountId: 'acme:live', livemode: true, requestId: 'req_1', model: 'topaz-video-upscale', videoUrl: 'https://a.example/', upscaleFactor: '2', metadata: {}, createdAt: new Date() } as never)
}
const one = async (taskId: string) => temporal.client.activity.execute('recordTask', { id: randomUUID(), taskQueue: 'gateway', args: [{ taskId, accountId: 'acme:live', at: Date.now(), status: 'pending', stage: 'queued', media, price }], startToCloseTimeout: '60s' })
const run = async (list: string[]) => { const q = list.values(); await Promise.all(Array.from({ length: 8 }, async () => { for (const id of q) await one(id) })) }
const cpu = () => { const f = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
await run(ids.slice(0, 50))
const c0 = cpu(), t0 = Date.now()
await run(ids.slice(50))
await new Promise((r) => setTimeout(r, 1500))
console.log('ms CPU per recordTask', ((cpu() - c0) / N).toFixed(2), 'wall', ((Date.now() - t0) / N).toFixed(1))
const i0 = cpu(); await new Promise((r) => setTimeout(r, 3000)); console.log('idle ms CPU per s', ((cpu() - i0) / 3).toFixed(1))
child.kill('SIGTERM'); await new Promise((r) => child.once('exit', r))
await db.destroy(); await database[Symbol.asyncDispose](); await temporal[Symbol.asyncDispose]()
