import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { AccountId, TaskId } from '@upscale/types'
import type { RecordTaskInput } from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { insertOrder } from './insert-order.ts'
import { claimDueTasks } from '../src/tasks/progress-store.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { markCancelRequested, markWatched } from '../src/tasks/task-store.ts'
import { media, price, upscaleOutput } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

let gateway: TestGateway
let ctx: WorkerContext
beforeAll(async () => {
  gateway = await testGateway()
  ctx = gateway.workerContext()
})
afterAll(async () => {
  await ctx[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

const caller = { accountId: 'acme:live' as AccountId, livemode: true }
let tasks = 0

/** An order, and the changes that its workflow may send. */
async function order() {
  const taskId = `task_${String((tasks += 1)).padStart(24, '0')}` as TaskId
  const createdAt = new Date(1_000)
  await insertOrder(ctx.db, {
    taskId,
    ...caller,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/',
    upscaleFactor: '2',
    metadata: { b: '1', a: '2' },
    createdAt,
  })
  const { accountId } = caller
  const pending = {
    taskId,
    accountId,
    at: 2_000,
    status: 'pending',
    stage: 'queued',
    media,
    price,
  } as const
  const done = {
    taskId,
    accountId,
    at: 9_000,
    status: 'completed',
    stage: 'done',
    output: upscaleOutput,
  } as const
  const parked = {
    taskId,
    accountId,
    at: 5_000,
    status: 'processing',
    parkedAt: 5_000,
    attempts: 2,
  } as const
  const read = async () => {
    const found = await gateway.ctx.findTask(caller, taskId)
    return found?.isRecorded ? found.task : undefined
  }
  return { taskId, pending, parked, done, read }
}

test('changes that come late, twice and at once end in the latest', async () => {
  const { pending, parked, done, read } = await order()
  const all: RecordTaskInput[] = [done, pending, parked, done, pending, parked]
  await Promise.all(all.map((change) => recordTask(ctx, change)))
  expect(await read()).toMatchObject({
    status: 'completed',
    attempts: expect.any(Number),
    progress: 1,
  })
  await recordTask(ctx, { ...pending, at: 10_000 })
  expect(await read()).toMatchObject({ status: 'completed', expiresAt: expect.any(Date) })
})

test('a canceled task was asked to be; one that failed and is run again was not', async () => {
  const { taskId, pending, read } = await order()
  const { accountId } = caller
  const error = { code: 'TASK_CANCELED', key: 'task_canceled', message: 'x' } as const
  await recordTask(ctx, pending)
  await recordTask(ctx, { taskId, accountId, at: 3_000, status: 'canceled', error })
  expect((await read())?.cancelRequestedAt).toEqual(new Date(3_000))

  const other = await order()
  await recordTask(ctx, other.pending)
  await markCancelRequested(ctx.db, { ...caller, taskId: other.taskId })
  const requestedAt = (await other.read())?.cancelRequestedAt
  expect(requestedAt).toBeInstanceOf(Date)
  await markCancelRequested(ctx.db, { ...caller, taskId: other.taskId })
  expect((await other.read())?.cancelRequestedAt).toEqual(requestedAt)
  const failed = { taskId: other.taskId, accountId, status: 'failed' } as const
  await recordTask(ctx, { ...failed, at: 4_000 })
  expect((await other.read())?.cancelRequestedAt).toEqual(requestedAt)
  await recordTask(ctx, { ...other.pending, at: 5_000 })
  expect(await other.read()).toMatchObject({ status: 'processing', cancelRequestedAt: null })
})

test('metadata keeps its order', async () => {
  const { pending, read } = await order()
  await recordTask(ctx, pending)
  expect(JSON.stringify((await read())?.metadata)).toBe('{"b":"1","a":"2"}')
})

test('a task without an order is not recorded, and holds up no job', async () => {
  const taskId = 'task_nobody0000000000000' as TaskId
  const change = { taskId, accountId: caller.accountId, at: 1, status: 'failed' } as const
  await recordTask(ctx, change)
  const rows = await ctx.db
    .selectFrom('gateway.task')
    .select('status')
    .where('taskId', '=', taskId)
    .execute()
  expect(rows).toEqual([])
})

test('a ledger that does not answer leaves the end of a task for the next try', async () => {
  const { pending, done, read } = await order()
  await recordTask(ctx, pending)
  gateway.billing.fail(true)
  await expect(recordTask(ctx, done)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  gateway.billing.fail(false)
  expect(await read()).toMatchObject({
    status: 'pending',
    transactions: [{ id: `txn_${'1'.repeat(24)}`, type: 'debit', amount: -144 }],
  })
})

test('the queue counts those that wait longer', async () => {
  await ctx.db
    .updateTable('gateway.task')
    .set({ createdAt: new Date(0) })
    .execute()
  const waiting = await ctx.db
    .selectFrom('gateway.task')
    .select('taskId')
    .where('status', '=', 'pending')
    .execute()
  const { pending, read } = await order()
  await recordTask(ctx, pending)
  expect((await read())?.queuePosition).toBe(waiting.length + 1)
})

test('progress never falls, and yields to a change that was recorded meanwhile', async () => {
  const { taskId, pending, parked, read } = await order()
  await recordTask(ctx, pending)
  const seen = { taskId, changedAt: new Date(2_000) }
  const beat = {
    stage: 'upscaling',
    etaSeconds: 9,
    attempts: 1,
    startedAt: new Date(3_000),
  } as const
  await ctx.saveProgress(seen, { ...beat, progress: 0.5 })
  await ctx.saveProgress(seen, {
    ...beat,
    progress: 0.4,
    startedAt: new Date(4_000),
    attempts: 2,
  })
  expect(await read()).toMatchObject({
    status: 'processing',
    stage: 'upscaling',
    progress: 0.5,
    etaSeconds: 9,
    attempts: 2,
    startedAt: new Date(3_000),
    queuePosition: null,
  })
  await recordTask(ctx, parked)
  await ctx.saveProgress(seen, { ...beat, progress: 0.9 })
  expect(await read()).toMatchObject({ progress: 0.5, etaSeconds: null, parkedAt: new Date(5_000) })
})

test('progress that was seen before the newest event is not written', async () => {
  const { taskId, pending, read } = await order()
  await recordTask(ctx, pending)
  const seen = { taskId, changedAt: new Date(2_000) }
  const beat = { progress: 0.5, etaSeconds: null, attempts: 1, startedAt: null } as const
  const before = (await read())?.eventSeq
  await ctx.saveProgress(seen, { ...beat, stage: 'finalizing' }, before)
  await ctx.saveProgress(seen, { ...beat, stage: 'upscaling' }, before)
  expect(await read()).toMatchObject({ stage: 'finalizing', eventSeq: 2 })
})

test('what was counted in the source replaces what its header said', async () => {
  const { pending, done, read } = await order()
  await recordTask(ctx, pending)
  const source = { frames: 254, fps: 29.97 }
  await recordTask(ctx, { ...done, output: { ...upscaleOutput, source } })
  expect((await read())?.media).toEqual({
    ...media,
    video: { ...media.video, ...source, framesExact: true },
  })
})

test('attempts of a later round count on from those that parked it', async () => {
  const { taskId, pending, parked } = await order()
  await recordTask(ctx, pending)
  await recordTask(ctx, parked)
  await recordTask(ctx, { ...parked, at: 6_000, stage: 'fetching', parkedAt: null })
  await ctx.db
    .updateTable('gateway.task')
    .set({ checkedAt: null })
    .where('taskId', '=', taskId)
    .execute()
  const due = await claimDueTasks(ctx.db, 100)
  expect(due.find((task) => task.taskId === taskId)?.attemptsBefore).toBe(2)
})

test('a running task is looked at by one process, soon while somebody watches it', async () => {
  const { taskId, pending, done } = await order()
  await recordTask(ctx, pending)
  const age = (seconds: number) =>
    ctx.db
      .updateTable('gateway.task')
      .set({ checkedAt: new Date(Date.now() - seconds * 1_000) })
      .where('taskId', '=', taskId)
      .execute()
  const isDue = async () =>
    (await claimDueTasks(ctx.db, 100)).some((task) => task.taskId === taskId)
  expect(await isDue()).toBe(false) // it was recorded a moment ago
  await age(16)
  const claims = await Promise.all([claimDueTasks(ctx.db, 100), claimDueTasks(ctx.db, 100)])
  expect(claims.flat().filter((task) => task.taskId === taskId)).toEqual([
    { taskId, changedAt: new Date(2_000), attemptsBefore: 0 },
  ])
  expect(await isDue()).toBe(false)

  await age(2)
  expect(await isDue()).toBe(false) // nobody watches
  await age(16)
  expect(await isDue()).toBe(true)
  await age(2)
  await markWatched(ctx.db, taskId)
  expect(await isDue()).toBe(true)
  await recordTask(ctx, done)
  await age(99)
  expect(await isDue()).toBe(false)
})
