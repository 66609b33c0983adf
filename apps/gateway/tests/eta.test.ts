import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { AccountId, TaskId } from '@upscale/types'
import { sql } from 'kysely'
import { createEta } from '../src/eta/create-eta.ts'
import type { EtaQuestion } from '../src/eta/create-eta.ts'
import type { WorkerContext } from '../src/context.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { insertOrder } from './insert-order.ts'
import { media, upscaleOutput } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TaskData, TestGateway } from './test-gateway.ts'

type Customer = Awaited<ReturnType<TestGateway['customer']>>

const FRAMES = media.video.frames

let gateway: TestGateway
let ctx: WorkerContext
let customer: Customer
let seeded = 0

beforeAll(async () => {
  gateway = await testGateway()
  ctx = gateway.workerContext()
  customer = await gateway.customer('acme')
  await gateway.customer('acme', { livemode: false })
})
afterAll(async () => {
  await ctx[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})
// Nobody may delete tasks: those of the test before stand neither in the queue nor among the finished.
beforeEach(async () => {
  await sql`update gateway.task set status = 'canceled', progress = 0, completed_at = now(), parked_at = null,
    output_key = null, output = null, expires_at = null,
    error = '{"code":"TASK_CANCELED","key":"task_canceled","message":"x"}'`.execute(ctx.db)
})

const AGES_S = { completed: 600, failed: 600, processing: 60, pending: 30 } as const
const price = {
  creditsUsed: 144,
  creditsRemaining: 856,
  creditsPerSecond: 16,
  debitId: `txn_${'0'.repeat(24)}`,
}

interface Seed {
  status: keyof typeof AGES_S
  /** Seconds ago. */
  created?: number
  /** Of a completed one: how many seconds its attempt took, which ended half a minute ago. */
  took?: number
  /** What its own attempt says is left, and how long ago it did. */
  left?: { seconds: number; saidAgo: number }
  frames?: number
  parked?: boolean
  livemode?: boolean
  videoUrl?: string
}

/** A task as its workflow and the progress watcher leave it. */
async function seed(of: Seed): Promise<TaskId> {
  const { status, livemode = true, frames = FRAMES } = of
  const taskId = `task_${String((seeded += 1)).padStart(24, '0')}` as TaskId
  const accountId = (livemode ? 'acme:live' : 'acme:test') as AccountId
  const at = Date.now() - (of.created ?? AGES_S[status]) * 1000
  await insertOrder(ctx.db, {
    taskId,
    accountId,
    livemode,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: of.videoUrl ?? 'https://a.example/',
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(at),
  })
  const task = { taskId, accountId }
  const facts = { ...media, video: { ...media.video, frames } }
  await recordTask(ctx, { ...task, at, status: 'pending', stage: 'queued', media: facts, price })
  if (status === 'processing') await start({ taskId, changedAt: new Date(at) }, of.left)
  if (of.parked) await recordTask(ctx, { ...task, at: at + 1, status: 'processing', parkedAt: at })
  if (status === 'failed') {
    const error = { code: 'GENERATION_FAILED', key: 'generic', message: 'x' } as const
    await recordTask(ctx, { ...task, at: at + 1, status, error })
  }
  if (status === 'completed') {
    const output = outputAfter(of.took ?? 10)
    await recordTask(ctx, { ...task, at: Date.now() - 30_000, status, stage: 'done', output })
  }
  return taskId
}

async function start(task: { taskId: TaskId; changedAt: Date }, left: Seed['left']) {
  await ctx.saveProgress(task, {
    stage: 'fetching',
    progress: 0.01,
    etaSeconds: left?.seconds ?? null,
    attempts: 1,
    startedAt: task.changedAt,
  })
  await sql`update gateway.task set checked_at = now() - ${left?.saidAgo ?? 0} * interval '1 s'
    where task_id = ${task.taskId}`.execute(ctx.db)
}

const outputAfter = (seconds: number) => ({
  ...upscaleOutput,
  outputKey: `results/${seeded}/upscaled.mp4`,
  timings: { fetchMs: 0, prepareMs: 0, upscaleMs: seconds * 900, finalizeMs: seconds * 100 },
  startedAt: Date.now() - 30_000 - seconds * 1000,
})

/** As a gateway sees it that has looked at nothing yet. */
const ask = (question: Partial<EtaQuestion> = {}) =>
  createEta(
    gateway.ctx.db,
    () => new Date(),
  )({
    livemode: true,
    videoUrl: 'https://a.example/',
    factor: '2',
    media,
    createdAt: new Date(),
    isRunning: false,
    ...question,
  })

async function read(id: string): Promise<TaskData> {
  await using fresh = await gateway.another()
  const headers = { authorization: `Bearer ${customer.key}` }
  const { status, body } = await fresh.call(`/api/v1/tasks/${id}`, { headers })
  expect(status).toBe(200)
  return body.data
}

describe('from real rows', () => {
  test('nothing is known before anything was measured; a failed job measures nothing', async () => {
    await seed({ status: 'failed' })
    expect(await ask()).toBeNull()
  })

  test('the speed is that of the finished jobs of its mode, by the pixels of the result', async () => {
    for (const took of [10, 12, 300]) await seed({ status: 'completed', took })
    await seed({ status: 'completed', took: 1, livemode: false })
    expect(await ask()).toBe(12)
    const long = { ...media, video: { ...media.video, frames: 2 * FRAMES } }
    expect(await ask({ media: long })).toBe(24)
    expect(await ask({ livemode: false })).toBe(1)
  })

  test('tests that name their outcome neither measure nor wait nor are waited for', async () => {
    const videoUrl = 'https://magic.test/slow.mp4'
    await seed({ status: 'completed', took: 3, livemode: false, videoUrl })
    await seed({ status: 'pending', livemode: false, videoUrl })
    expect(await ask({ livemode: false })).toBeNull()
    expect(await ask({ livemode: false, videoUrl })).toBeNull()
    await seed({ status: 'completed', took: 10 })
    expect(await ask()).toBe(10)
  })

  test('neither a deleted test, which may have been one, nor a job of last month measures', async () => {
    const forget = (id: TaskId) =>
      sql`update gateway.task_order set video_url = null where task_id = ${id}`.execute(ctx.db)
    await forget(await seed({ status: 'completed', took: 3, livemode: false }))
    expect(await ask({ livemode: false })).toBeNull()
    const id = await seed({ status: 'completed', took: 10 })
    await forget(id)
    expect(await ask()).toBe(10)
    await sql`update gateway.task set completed_at = now() - interval '31 days'
      where task_id = ${id}`.execute(ctx.db)
    expect(await ask()).toBeNull()
  })

  test('older ones and what runs come first; parked ones take no slot', async () => {
    await seed({ status: 'completed', took: 10 })
    await seed({ status: 'processing', left: { seconds: 9, saidAgo: 4 } })
    await seed({ status: 'pending', created: 20, frames: 2 * FRAMES })
    await seed({ status: 'processing', parked: true })
    await seed({ status: 'pending', created: 5 })
    const createdAt = new Date(Date.now() - 10_000)
    const seconds = await ask({ createdAt })
    expect(seconds).toBeGreaterThanOrEqual(34) // 5 that are left, 20 that wait before it, 10 of its own
    expect(seconds).toBeLessThanOrEqual(35)
    expect(await ask()).toBeGreaterThanOrEqual(44)
  })

  test('as many as ran at once lately share the work', async () => {
    for (const took of [10, 10]) await seed({ status: 'completed', took })
    await seed({ status: 'pending', created: 20 })
    expect(await ask()).toBe(10)
    await seed({ status: 'pending', created: 19 })
    await seed({ status: 'pending', created: 18 })
    expect(await ask()).toBe(25)
  })

  test('an attempt that is on its way there has all of its work before it', async () => {
    await seed({ status: 'completed', took: 10 })
    await seed({ status: 'pending', created: 100 })
    expect(await ask({ isRunning: true })).toBe(10)
  })
})

describe('a task shows', () => {
  test('its place and its time while it waits, and its time on the way there', async () => {
    await seed({ status: 'completed', took: 10 })
    const first = await seed({ status: 'processing' })
    const second = await seed({ status: 'pending', created: 20 })
    const third = await seed({ status: 'pending', created: 10 })
    expect(await read(first)).toMatchObject({ eta_seconds: 10, queue_position: null })
    expect(await read(second)).toMatchObject({ eta_seconds: 20, queue_position: 1 })
    expect(await read(third)).toMatchObject({ eta_seconds: 30, queue_position: 2 })
  })

  test('what its own attempt says, where that says something', async () => {
    await seed({ status: 'completed', took: 10 })
    const id = await seed({ status: 'processing', left: { seconds: 61, saidAgo: 0 } })
    expect((await read(id)).eta_seconds).toBe(61)
  })

  test('nothing once it has ended, while it waits for an operator, or before anything was measured', async () => {
    const early = await seed({ status: 'pending' })
    expect((await read(early)).eta_seconds).toBeNull()
    const parked = await seed({ status: 'processing', parked: true })
    const failed = await seed({ status: 'failed' })
    await seed({ status: 'completed' })
    expect((await read(early)).eta_seconds).toBe(10)
    expect((await read(parked)).eta_seconds).toBeNull()
    expect((await read(failed)).eta_seconds).toBeNull()
  })

  test('the same in the list', async () => {
    await seed({ status: 'completed', took: 10 })
    const id = await seed({ status: 'pending' })
    await using fresh = await gateway.another()
    const { body } = await fresh.call('/api/v1/tasks?status=pending', {
      headers: { authorization: `Bearer ${customer.key}` },
    })
    const { items } = body.data as unknown as { items: TaskData[] }
    expect(items.map(({ id, eta_seconds }) => [id, eta_seconds])).toEqual([[id, 10]])
  })
})

test('many readers at once cost one look at the queue and one at the finished jobs', async () => {
  await seed({ status: 'completed', took: 10 })
  await seed({ status: 'pending' })
  let queries = 0
  const counted = gateway.ctx.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      queries += 1
      return result
    },
  })
  const eta = createEta(counted, () => new Date())
  const question = { livemode: true, videoUrl: null, factor: '2', media, isRunning: false } as const
  const asked = Array.from({ length: 50 }, () => eta({ ...question, createdAt: new Date() }))
  expect(new Set(await Promise.all(asked))).toEqual(new Set([20]))
  expect(queries).toBe(2)
})
