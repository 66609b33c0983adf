import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WorkflowNotFoundError } from '@temporalio/common'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { AccountId, TaskId } from '@upscale/types'
import type { RecordTaskInput } from '@upscale/workflows/activities'
import { createActivities } from '../src/activities.ts'
import type { WorkerContext } from '../src/context.ts'
import { insertOrder } from './insert-order.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { media, upscaleOutput } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

let temporal: TestTemporal
let gateway: TestGateway
let ctx: WorkerContext
beforeAll(async () => {
  temporal = await testTemporal(['UpscaleStage'])
  gateway = await testGateway(temporal)
  gateway.billing.open('acme:live', 0)
  ctx = gateway.workerContext()
})
afterAll(async () => {
  await ctx[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

const accountId = 'acme:live' as AccountId
const MINUTE_MS = 60_000
let orders = 0

async function order(minutesOld = 0): Promise<TaskId> {
  const taskId = `task_${String((orders += 1)).padStart(24, '0')}` as TaskId
  await insertOrder(ctx.db, {
    taskId,
    accountId,
    livemode: true,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/?signature=hush',
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(Date.now() - minutesOld * MINUTE_MS),
  })
  return taskId
}

type Change = Partial<RecordTaskInput> & Pick<RecordTaskInput, 'status'>
const record = (taskId: TaskId, change: Change) =>
  recordTask(ctx, { taskId, accountId, at: 1, media, ...change })

/** A run that nobody works on. */
const start = (workflowId: TaskId) =>
  temporal.client.workflow.start('upscaleVideo', { workflowId, taskQueue: 'nobody' })

const unknown = { state: 'unknown' } as const

test('jobs are read from Temporal and from their rows, in the order of the question', async () => {
  const jobs = createActivities(ctx)
  const running = await order()
  await start(running)
  await record(running, { status: 'pending' })
  const closed = await order()
  const run = await start(closed)
  const before = Date.now()
  await run.terminate()
  const unrecorded = await order()
  const failed = await order()
  await record(failed, { status: 'failed' })
  const stranger = 'task_nobody0000000000000' as TaskId

  const read = await jobs.readJobs([failed, stranger, closed, running, unrecorded])
  expect(read).toEqual([
    { taskId: failed, accountId, status: 'failed', run: unknown },
    { taskId: stranger, accountId: null, status: null, run: unknown },
    {
      taskId: closed,
      accountId,
      status: null,
      run: { state: 'closed', closedAtMs: expect.any(Number) },
    },
    { taskId: running, accountId, status: 'pending', run: { state: 'running' } },
    { taskId: unrecorded, accountId, status: null, run: unknown },
  ])
  const closedAtMs = read[2]?.run.state === 'closed' ? read[2].run.closedAtMs : 0
  expect(Math.abs(closedAtMs - before)).toBeLessThan(5_000)
  expect(await jobs.readJobs([])).toEqual([])
  const many = Array.from({ length: 50 }, () => stranger)
  expect(await jobs.readJobs(many)).toHaveLength(50)
})

test('an outage is never taken for a job that Temporal does not know', async () => {
  const taskId = await order()
  await using elsewhere = gateway.workerContextIn({ TEMPORAL_NAMESPACE: 'nowhere' })
  const read = createActivities(elsewhere).readJobs([taskId])
  await expect(read).rejects.not.toBeInstanceOf(WorkflowNotFoundError)
  await using away = gateway.workerContextIn({ TEMPORAL_ADDRESS: '127.0.0.1:1' })
  await expect(createActivities(away).readJobs([taskId])).rejects.toThrow()
}, 30_000)

test('what was neither delivered nor canceled is looked at, the rest is left out', async () => {
  const delivered = await order()
  await record(delivered, { status: 'completed', output: upscaleOutput })
  const canceled = await order()
  await record(canceled, { status: 'canceled' })
  const failed = await order()
  await record(failed, { status: 'failed' })
  const unrecorded = await order()
  const all = [delivered, canceled, failed, unrecorded]
  expect(await createActivities(ctx).readUndelivered(all)).toEqual([
    { taskId: failed, accountId, status: 'failed', run: unknown },
    { taskId: unrecorded, accountId, status: null, run: unknown },
  ])
})

test('open rows come by age, page by page', async () => {
  await ctx.db.deleteFrom('gateway.taskOrder').execute()
  const [young, old, older, over] = [await order(4), await order(6), await order(7), await order(8)]
  const twin = await order(5.5)
  for (const taskId of [young, old, older, twin]) await record(taskId, { status: 'pending' })
  await record(over, { status: 'failed' })

  const { listOpenJobs } = createActivities(ctx)
  const olderThanMs = 5 * MINUTE_MS
  const first = await listOpenJobs({ limit: 2, olderThanMs })
  expect(first.items).toEqual([
    { taskId: older, accountId, status: 'pending', run: unknown },
    { taskId: old, accountId, status: 'pending', run: unknown },
  ])
  const second = await listOpenJobs({ limit: 2, after: String(first.next), olderThanMs })
  expect(second.items.map(({ taskId }) => taskId)).toEqual([twin])
  expect(second.next).toBeNull()
  await expect(listOpenJobs({ limit: 2, after: 'x', olderThanMs })).rejects.toMatchObject({
    code: 'INVALID_PARAMETER',
  })
})

test('deliveries come by their time, page by page', async () => {
  await ctx.db.deleteFrom('gateway.taskOrder').execute()
  const ids: TaskId[] = []
  for (const at of [100, 200, 200, 300]) {
    const taskId = await order()
    await record(taskId, { status: 'completed', output: upscaleOutput, at })
    ids.push(taskId)
  }
  await record(await order(), { status: 'failed', at: 200 })
  const { listDelivered } = createActivities(ctx)
  const range = { fromMs: 100, toMs: 300 }
  const first = await listDelivered({ ...range, limit: 2 })
  expect(first.items).toEqual(ids.slice(0, 2))
  const second = await listDelivered({ ...range, limit: 2, after: String(first.next) })
  expect(second).toEqual({ items: [ids[2]], next: null })
  expect((await listDelivered({ fromMs: 101, toMs: 301, limit: 9 })).items).toEqual(ids.slice(1))
})
