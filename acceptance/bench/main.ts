import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report } from '@upscale/testing'
import { startCustomerHost } from '../src/customer-host.ts'
import { customer, hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'
import { openOperator } from '../src/operator.ts'
import { startStack } from '../src/stack.ts'
import { openAccounts } from './accounts.ts'
import { startBareShape } from './bare-shape.ts'
import { benchEventStreams } from './event-streams.ts'
import { benchListTasks } from './list-tasks.ts'
import { benchPost } from './post-latency.ts'
import { copyTasks } from './seed-tasks.ts'
import { READING, benchStatusRead } from './status-read.ts'
import type { OwnTask } from './status-read.ts'
import { benchWholeJob } from './whole-job.ts'

// Every figure that we claim, each beside its peer or floor, in one run on one machine.
const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const PORT = 25_900
const CUSTOMER_PORT = 25_990
const POSTING = 20 // of 60 creates a minute and 100 open tasks each
const LISTED = 10_000
const STREAMED = 50 // accounts with 20 streams each
const ACCOUNTS = STREAMED + READING

const state = await mkdtemp(join(tmpdir(), 'upscale-bench-'))
const env = { SAFE_FETCH_ALLOW: `127.0.0.1:${CUSTOMER_PORT}`, LOG_LEVEL: 'warn' }
const start = (...args: string[]) => startStack({ state, port: PORT, env, args })

process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}\n`)
{
  const began = Date.now()
  const stack = await start()
  report('first start of a stack, tools at hand', seconds(Date.now() - began))
  await stack.stop()
}
const began = Date.now()
const stack = await start()
report('second start', seconds(Date.now() - began))
const operator = await openOperator({ ...stack, state, port: PORT })
for (const [service, rssBytes] of await memoryAtRest()) {
  report(`memory at rest, ${service}`, `${(rssBytes / 2 ** 20).toFixed(0)} MiB`)
}
await using host = await startCustomerHost(CUSTOMER_PORT)
const sourceUrl = host.file(SAMPLE)
const unchecked = () => undefined // a check would be part of what is measured
const us = customer(stack.api, stack.key, unchecked)

const posted = await us.upscale({ video_url: sourceUrl })
const { id } = posted.body.data as Created
await us.watch(id, hasEnded)
// First, while the gateway has served next to nothing: its memory has not grown for other work.
const accounts = await openAccounts(operator, ACCOUNTS)
const tasks: OwnTask[] = []
for (const { accountId, key } of accounts) {
  const [copy = ''] = await copyTasks(stack.database, { from: id, accountId, count: 1 })
  tasks.push({ id: copy, key })
}
const gateway = (await processes())['gateway']?.pid ?? NaN
await benchEventStreams({ ...stack, gateway }, tasks.slice(0, STREAMED))
await benchWholeJob(us, sourceUrl, SAMPLE, state)
await benchStatusRead(stack, tasks.slice(STREAMED))
const lister = await operator.openAccount('bench-lister', 'enterprise', 0)
await copyTasks(stack.database, { from: id, accountId: 'bench-lister:live', count: LISTED })
await benchListTasks(customer(stack.api, lister.key, unchecked), LISTED)
await operator[Symbol.asyncDispose]()
await stack.stop()

// Jobs stay queued from here on: what is measured is the answer, not an engine beside it.
const idle = await start('--without', 'upscale-worker')
const bare = await startBareShape(idle.temporal.address, state)
const customers = accounts.slice(0, POSTING).map(({ key }) => customer(idle.api, key, unchecked))
await benchPost({ customers, bare, sourceUrl })
await bare[Symbol.asyncDispose]()
await idle.stop()
await rm(state, { recursive: true, force: true })

async function processes(): Promise<Record<string, { pid: number }>> {
  const book = await readFile(join(state, 'processes.json'), 'utf8')
  return JSON.parse(book) as Record<string, { pid: number }>
}

async function memoryAtRest(): Promise<[string, number][]> {
  const sizes = Object.entries(await processes()).map(
    async ([service, { pid }]): Promise<[string, number]> => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '') // Linux only
      return [service, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) * 1024]
    },
  )
  return await Promise.all(sizes)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
