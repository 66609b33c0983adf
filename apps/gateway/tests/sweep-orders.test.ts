import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { AccountId, TaskId } from '@upscale/types'
import { sql } from 'kysely'
import type { WorkerContext } from '../src/context.ts'
import { insertOrder } from './insert-order.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { sweepOnce } from '../src/orders/sweep-orders.ts'
import { media } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

let temporal: TestTemporal
let gateway: TestGateway
let ctx: WorkerContext
beforeAll(async () => {
  temporal = await testTemporal(['UpscaleStage'])
  gateway = await testGateway(temporal)
  ctx = gateway.workerContext()
})
afterAll(async () => {
  await ctx[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

const accountId = 'acme:live' as AccountId
let orders = 0

async function order(minutesOld: number): Promise<TaskId> {
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
    createdAt: new Date(Date.now() - minutesOld * 60_000),
  })
  return taskId
}

/** A run that nobody works on. */
const start = (workflowId: TaskId) =>
  temporal.client.workflow.start('upscaleVideo', { workflowId, taskQueue: 'nobody' })

test('an order goes when it is an hour old, became no task, and its workflow can make none', async () => {
  const neverStarted = await order(61)
  const ended = await order(61)
  await (await start(ended)).terminate()
  const young = await order(59)
  const running = await order(61)
  const handle = await start(running)
  const recorded = await order(61)
  await recordTask(ctx, { taskId: recorded, accountId, at: 1, status: 'pending', media })

  const left = async () =>
    (await ctx.db.selectFrom('gateway.taskOrder').select('taskId').orderBy('taskId').execute()).map(
      ({ taskId }) => taskId,
    )
  expect(await left()).toEqual([neverStarted, ended, young, running, recorded])
  await sweepOnce(ctx)
  expect(await left()).toEqual([young, running, recorded])
  await handle.terminate()
  await sweepOnce(ctx)
  expect(await left()).toEqual([young, recorded])
})

test('an order stays for an hour after somebody came back for it with its key', async () => {
  const orders = [await order(120), await order(120)]
  const attach = (taskId: TaskId | undefined, minutesAgo: number) =>
    sql`update gateway.task_order set attached_at = now() - make_interval(mins => ${minutesAgo})
      where task_id = ${taskId}`.execute(ctx.db)
  const key = (taskId: TaskId) =>
    ctx.db
      .insertInto('gateway.idempotencyKey')
      .values({ accountId, livemode: true, key: taskId, fingerprint: Buffer.alloc(32), taskId })
      .execute()
  for (const taskId of orders) await key(taskId)
  await attach(orders[0], 61)
  await attach(orders[1], 59)
  await sweepOnce(ctx)
  const keys = await ctx.db.selectFrom('gateway.idempotencyKey').select('taskId').execute()
  expect(keys).toEqual([{ taskId: orders[1] }])
})
