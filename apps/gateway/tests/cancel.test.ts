import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { TaskId } from '@upscale/types'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { markCancelRequested } from '../src/tasks/task-store.ts'
import { eventually } from './eventually.ts'
import { hasEndedIn, readEvents } from './event-reader.ts'
import { testGateway } from './test-gateway.ts'
import type { TaskData, TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

type Customer = Awaited<ReturnType<TestGateway['customer']>>

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable | undefined

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
})
afterAll(async () => {
  await stopRecording()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

/** The gateway's own activities; before the first call nothing is recorded. */
async function recording(): Promise<void> {
  worker ??= await startWorker(workerCtx, gateway.workerConfig)
}

async function stopRecording(): Promise<void> {
  await worker?.[Symbol.asyncDispose]()
  worker = undefined
}

async function create(customer: Customer, name: string): Promise<string> {
  const video_url = `http://origin:9000/${name}`
  const { status, body } = await customer.post('/api/v1/tools/upscale-video', { video_url })
  expect(status).toBe(200)
  return body.data.id
}

const cancel = (customer: Customer, id: string, headers: Record<string, string> = {}) =>
  customer.post(`/api/v1/tasks/${id}/cancel`, '', headers)

async function untilRecorded(taskId: string): Promise<void> {
  const rows = gateway.ctx.db
    .selectFrom('gateway.task')
    .select('taskId')
    .where('taskId', '=', taskId as TaskId)
  await eventually(
    () => rows.execute(),
    ({ length }) => length > 0,
  )
}

const until = (customer: Customer, id: string, isDone: (task: TaskData) => boolean) =>
  eventually(async () => (await customer.get(`/api/v1/tasks/${id}`)).body.data, isDone)

/** What the running attempt says of itself, as Temporal has it. */
async function untilBeat(id: string, stage: string): Promise<void> {
  const handle = gateway.ctx.temporal.client.workflow.getHandle(id)
  const beats = async () => {
    const { raw } = await handle.describe()
    const payloads = (raw.pendingActivities ?? []).flatMap(
      ({ heartbeatDetails }) => heartbeatDetails?.payloads ?? [],
    )
    return payloads.map(({ data }) => Buffer.from(data ?? []).toString())
  }
  await eventually(beats, (texts) => texts.some((text) => text.includes(`"${stage}"`)))
}

const fullRefund = {
  status: 'canceled',
  result: null,
  output: null,
  eta_seconds: null,
  error: { code: 'TASK_CANCELED', refunded_credits: 144, retryable: false },
  cost: { credits: 144, refunded_credits: 144, net_credits: 0 },
  creditsUsed: 144,
  cancel_requested_at: expect.any(String),
  completed_at: expect.any(String),
}
const stopping = {
  status: 'processing',
  stage: 'upscaling',
  error: null,
  cancel_requested_at: expect.any(String),
}
const notCancelable = (message: string) => ({
  status: 409,
  body: { error: { code: 'TASK_NOT_CANCELABLE', message, refunded_credits: 0 } },
})

describe('before the upscaling', () => {
  test('a task that is not recorded yet is canceled all the same', async () => {
    const customer = await gateway.customer('early')
    const id = await create(customer, 'fetching.mp4')
    const asked = cancel(customer, id)
    await sleep(300)
    await recording()
    expect(await asked).toMatchObject({ status: 200, body: { data: fullRefund } })
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(1_000)
  })

  test('while fetching it ends canceled within seconds, refunded in full', async () => {
    await recording()
    const customer = await gateway.customer('fetching')
    const id = await create(customer, 'fetching.mp4')
    await untilBeat(id, 'fetching')
    await using stream = await readEvents(
      gateway.check,
      `${gateway.origin}/api/v1/tasks/${id}/events`,
      { authorization: `Bearer ${customer.key}` },
    )
    const began = Date.now()
    const answer = await cancel(customer, id)
    expect(Date.now() - began).toBeLessThan(4_000)
    expect(answer).toMatchObject({ status: 200, body: { data: fullRefund } })
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(1_000)
    expect((await customer.get(`/api/v1/tasks/${id}`)).body.data).toEqual(answer.body.data)
    await stream.until(hasEndedIn)
    expect(stream.events.at(-1)).toMatchObject({ event: 'task.canceled' })
    expect(stream.events.at(-1)?.data.task).toEqual(answer.body.data)
  })

  test('a parked task, and one between two attempts', async () => {
    await recording()
    const customer = await gateway.customer('parked')
    const id = await create(customer, 'outage.mp4')
    await until(customer, id, ({ attempts }) => attempts === 2)
    expect(await cancel(customer, id)).toMatchObject({ status: 200, body: { data: fullRefund } })
    const again = await cancel(customer, id)
    expect(again).toMatchObject({ status: 200, body: { data: fullRefund } })
  })
})

describe('while upscaling', () => {
  test('it is answered at once, and ends canceled with the rest refunded', async () => {
    await recording()
    const customer = await gateway.customer('upscaling')
    const id = await create(customer, 'steady.mp4')
    await untilRecorded(id)
    await untilBeat(id, 'upscaling')
    const began = Date.now()
    const answer = await cancel(customer, id)
    expect(Date.now() - began).toBeLessThan(1_000)
    expect(answer).toMatchObject({ status: 200, body: { data: stopping } })
    const ended = await until(customer, id, ({ status }) => status !== 'processing')
    const kept = Math.ceil((144 * 42) / 100)
    expect(ended).toMatchObject({
      status: 'canceled',
      stage: 'upscaling',
      progress: 0.465, // what the attempt itself said last
      started_at: answer.body.data.started_at,
      cancel_requested_at: answer.body.data.cancel_requested_at,
      error: { code: 'TASK_CANCELED', refunded_credits: 144 - kept },
      cost: { refunded_credits: 144 - kept, net_credits: kept },
    })
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(1_000 - kept)
    expect((await cancel(customer, id)).body.data).toEqual(ended)
  })

  test('it does not show as waiting before it is recorded', async () => {
    await stopRecording()
    const customer = await gateway.customer('unrecorded')
    const id = await create(customer, 'steady.mp4')
    await untilBeat(id, 'upscaling')
    const answer = await cancel(customer, id)
    expect(answer).toMatchObject({ status: 200, body: { data: stopping } })
    await recording()
    const ended = await until(customer, id, ({ completed_at }) => completed_at !== null)
    const { started_at } = answer.body.data
    expect(ended).toMatchObject({ status: 'canceled', stage: 'upscaling', started_at })
    expect(answer.body.data.progress).toBeGreaterThanOrEqual(0.15)
    expect(ended.progress).toBe(0.465)
  })

  test('two at once are one, and with Prefer: wait the answer is the end', async () => {
    await recording()
    const customer = await gateway.customer('twice')
    const id = await create(customer, 'steady.mp4')
    await untilBeat(id, 'upscaling')
    const answers = await Promise.all([
      cancel(customer, id, { prefer: 'wait=20' }),
      cancel(customer, id, { prefer: 'wait=20' }),
    ])
    for (const { status, body, headers } of answers) {
      expect([status, body.data.status, headers.get('preference-applied')]).toEqual([
        200,
        'canceled',
        'wait=20',
      ])
    }
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(1_000 - 61)
  })
})

describe('too late', () => {
  test('while finalizing, and the result is delivered and paid', async () => {
    await recording()
    const customer = await gateway.customer('finalizing')
    const id = await create(customer, 'finalizing.mp4')
    await untilBeat(id, 'finalizing')
    expect(await cancel(customer, id)).toMatchObject(notCancelable('Task is already finalizing'))
    steps.release(id)
    const ended = await until(customer, id, ({ status }) => status === 'completed')
    expect(ended).toMatchObject({ cancel_requested_at: null, cost: { net_credits: 144 } })
    expect(await cancel(customer, id)).toMatchObject(notCancelable('Task is already completed'))
  })

  test('a cancel that comes before the heartbeat says finalizing: it finishes, without a refund', async () => {
    await recording()
    const customer = await gateway.customer('crossing')
    const id = await create(customer, 'finalizing.mp4')
    await untilBeat(id, 'finalizing')
    const { client } = gateway.ctx.temporal
    await client.workflow.getHandle(id).executeUpdate('cancel', { updateId: 'cancel' })
    steps.release(id)
    const ended = await until(customer, id, ({ status }) => status === 'completed')
    expect(ended.cost.net_credits).toBe(144)
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(856)
  })

  test('one that was asked for in time, and finished first: repeated, it is the same task, and at the end refused', async () => {
    await recording()
    const customer = await gateway.customer('outrun')
    const { accountId } = customer
    const id = await create(customer, 'finalizing.mp4')
    await untilBeat(id, 'finalizing')
    const { client } = gateway.ctx.temporal
    await client.workflow.getHandle(id).executeUpdate('cancel', { updateId: 'cancel' })
    const taskId = id as TaskId
    await until(customer, id, ({ status }) => status === 'processing')
    await markCancelRequested(gateway.ctx.db, { taskId, accountId, livemode: true })
    const asked = { status: 'processing', cancel_requested_at: expect.any(String) }
    expect(await cancel(customer, id)).toMatchObject({ status: 200, body: { data: asked } })
    steps.release(id)
    const ended = await until(customer, id, ({ status }) => status === 'completed')
    expect(ended).toMatchObject({
      cancel_requested_at: expect.any(String),
      cost: { refunded_credits: 0 },
    })
    expect(await cancel(customer, id)).toMatchObject(notCancelable('Task is already completed'))
    expect(gateway.billing.balanceOf(accountId)).toBe(856)
  })

  test('a failed one', async () => {
    await recording()
    const customer = await gateway.customer('failed')
    const id = await create(customer, 'fails.mp4')
    await until(customer, id, ({ status }) => status === 'failed')
    expect(await cancel(customer, id)).toMatchObject(notCancelable('Task is already failed'))
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(1_000)
  })

  test('a foreign one is missing', async () => {
    await recording()
    const owner = await gateway.customer('owner')
    const id = await create(owner, 'ok.mp4')
    const stranger = await gateway.customer('stranger')
    expect(await cancel(stranger, id)).toMatchObject({
      status: 404,
      body: { error: { code: 'TASK_NOT_FOUND' } },
    })
  })
})
