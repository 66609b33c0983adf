import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { RequestId, TaskId } from '@upscale/types'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { sql } from 'kysely'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import type { CreateRequest } from '../src/orders/create-request.ts'
import { dropUnstarted } from '../src/orders/drop-order.ts'
import { parseUpscaleOrder } from '../src/orders/parse-upscale-order.ts'
import { placeOrder } from '../src/orders/place-order.ts'
import { testGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const GENERATE = '/api/v1/generate'
const clip = (name: string) => `http://origin:9000/${name}`
const body = (name = 'ok.mp4') => ({ video_url: clip(name) })

type Gateway = Pick<TestGateway, 'ctx' | 'call'>
type Customer = Awaited<ReturnType<TestGateway['customer']>>

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let second: Gateway & AsyncDisposable
let workerCtx: WorkerContext
let worker: AsyncDisposable | undefined

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal, { RATE_CREATES_PER_MINUTE: '1000' })
  second = await gateway.another()
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

/** Before the first call nothing is recorded. */
async function recording(): Promise<void> {
  worker ??= await startWorker(workerCtx, gateway.workerConfig)
}

const post = (
  { key }: Customer,
  idempotencyKey: string | undefined,
  request: object = body(),
  { path = UPSCALE, via = gateway }: { path?: string; via?: Gateway } = {},
): Promise<Answer> =>
  via.call(path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: JSON.stringify(request),
  })

const isReplay = ({ headers }: Answer) => headers.get('idempotent-replayed')
const handleOf = (taskId: string) => gateway.ctx.temporal.client.workflow.getHandle(taskId)

/** Ids of the orders of a customer, oldest first, and of what its keys stand for. */
async function leftOf({ accountId }: Customer) {
  const { db } = gateway.ctx
  const orders = await db
    .selectFrom('gateway.taskOrder')
    .select('taskId')
    .where('accountId', '=', accountId)
    .orderBy('createdAt')
    .execute()
  const keys = await db
    .selectFrom('gateway.idempotencyKey')
    .select('taskId')
    .where('accountId', '=', accountId)
    .execute()
  return [orders.map(({ taskId }) => taskId), keys.map(({ taskId }) => taskId)] as const
}

async function untilEnded(customer: Customer, id: string): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const { data } = (await customer.get(`/api/v1/tasks/${id}`)).body
    if (!['pending', 'processing'].includes(data.status)) return
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(data)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const requestOf = (idempotencyKey: string): CreateRequest => ({
  requestId: 'req_first' as RequestId,
  target: `POST ${UPSCALE}`,
  idempotencyKey,
  showReplay: () => undefined,
  showUsed: () => undefined,
  showGivenBack: () => undefined,
})

/** What a gateway leaves behind that dies before it starts the job. */
async function placeOnly(customer: Customer, key: string, request: object): Promise<TaskId> {
  const { ctx } = gateway
  const { task } = await placeOrder(
    ctx,
    { ...customer, customerId: 'x' as never, livemode: true },
    parseUpscaleOrder({ ...request }, ctx.policy),
    requestOf(key),
  )
  return task.taskId
}

describe('one request, sent again', () => {
  test('a hundred times at once over two gateways: one task, one debit, one answer', async () => {
    const customer = await gateway.customer('hundred')
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        post(customer, 'k1', body(), { via: i % 2 ? gateway : second }),
      ),
    )
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter((answer) => isReplay(answer) === 'true')).toHaveLength(99)
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(856)
    const id = answers[0]?.body.data.id
    expect(await leftOf(customer)).toEqual([[id], [id]])
  })

  test('while it is under way, from another gateway: attached', async () => {
    const customer = await gateway.customer('attached')
    const request = { ...body(), metadata: { a: '1', b: '2' }, max_credits: 144 }
    const first = await post(customer, 'k1', request)
    const again = await post(
      customer,
      '"k1"',
      {
        max_credits: 144,
        upscale_factor: '2',
        metadata: { b: '2', a: '1' },
        prompt: 'ignored',
        video_url: clip('ok.mp4'),
      },
      { via: second },
    )
    expect(first.status).toBe(200)
    expect(isReplay(first)).toBeNull()
    expect([again.status, again.text, isReplay(again)]).toEqual([200, first.text, 'true'])
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
  })

  test('after its gateway died between the key and the start: the same task starts', async () => {
    const customer = await gateway.customer('died')
    const request = { ...body(), max_credits: 144, metadata: { ref: '7' } }
    const taskId = await placeOnly(customer, 'k1', request)
    const answer = await post(customer, 'k1', request, { via: second })
    expect(answer).toMatchObject({ status: 200, body: { data: { id: taskId, creditsUsed: 144 } } })
    expect(isReplay(answer)).toBe('true')
    expect(await (await handleOf(taskId).describe()).staticDetails()).toContain('req_first')
    expect((await customer.get(`/api/v1/tasks/${taskId}`)).body.data).toMatchObject({
      metadata: { ref: '7' },
      request_id: 'req_first',
    })
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(856)
  })

  test('after its gateway could not start it: the order stays for who comes back', async () => {
    const customer = await gateway.customer('lost')
    await using lost = await gateway.another({ TEMPORAL_NAMESPACE: 'nowhere' })
    expect((await post(customer, 'k1', body(), { via: lost })).status).toBe(500)
    const [[taskId]] = await leftOf(customer)
    const answer = await post(customer, 'k1')
    expect([answer.status, answer.body.data.id, isReplay(answer)]).toEqual([200, taskId, 'true'])
  })

  test('after its workflow has closed, with nothing recorded', async () => {
    const customer = await gateway.customer('closed')
    const first = await post(customer, 'k1')
    await handleOf(first.body.data.id).terminate()
    const again = await post(customer, 'k1')
    expect([again.status, again.text, isReplay(again)]).toEqual([200, first.text, 'true'])
  })

  test('after its source may be used no more: attached, as long as there is a run', async () => {
    const customer = await gateway.customer('source-gone')
    await using strict = await gateway.another({ SAFE_FETCH_ALLOW: 'elsewhere:9000' })
    const first = await post(customer, 'k1')
    const again = await post(customer, 'k1', body(), { via: strict })
    expect([again.status, again.text, isReplay(again)]).toEqual([200, first.text, 'true'])

    await placeOnly(customer, 'k2', body())
    const refused = await post(customer, 'k2', body(), { via: strict })
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'PROBE_FAILED' } } })
    expect(await leftOf(customer)).toEqual([[first.body.data.id], [first.body.data.id]])
  })

  test('after the first one was refused before it started: who attached meanwhile keeps the order', async () => {
    const customer = await gateway.customer('attached-late')
    const caller = { ...customer, customerId: 'x' as never, livemode: true }
    const order = parseUpscaleOrder(body(), gateway.ctx.policy)
    const placed = await placeOrder(gateway.ctx, caller, order, requestOf('k1'))
    const answer = await post(customer, 'k1', body(), { via: second })
    expect([answer.status, answer.body.data.id]).toEqual([200, placed.task.taskId])
    await dropUnstarted(gateway.ctx, requestOf('k1'), placed)
    expect(await leftOf(customer)).toEqual([[placed.task.taskId], [placed.task.taskId]])
    expect((await customer.get(`/api/v1/tasks/${placed.task.taskId}`)).status).toBe(200)

    const alone = await placeOrder(gateway.ctx, caller, order, requestOf('k2'))
    await dropUnstarted(gateway.ctx, requestOf('k2'), alone)
    expect((await leftOf(customer))[0]).toEqual([placed.task.taskId])
  })

  test('after its run was terminated before the admission: nothing is stuck', async () => {
    const customer = await gateway.customer('terminated')
    const taskId = await placeOnly(customer, 'k1', body())
    const run = await gateway.ctx.temporal.client.workflow.start('upscaleVideo', {
      workflowId: taskId,
      taskQueue: 'nobody',
    })
    await run.terminate()
    const answer = await post(customer, 'k1')
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'SERVICE_UNAVAILABLE' } } })
    expect(answer.headers.get('retry-after')).toBe('5')
    const next = await post(customer, 'k1')
    expect([next.status, isReplay(next)]).toEqual([200, null])
    expect(next.body.data.id).not.toBe(taskId)
  })
})

describe('what binds a key', () => {
  test('a refusal does not: the next request runs', async () => {
    const customer = await gateway.customer('refused')
    const refused = await post(customer, 'k1', body('too-long.mp4'))
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'VIDEO_TOO_LONG' } } })
    expect(isReplay(refused)).toBeNull()
    expect(await leftOf(customer)).toEqual([[], []])
    const next = await post(customer, 'k1', body('ok.mp4'))
    expect([next.status, isReplay(next)]).toEqual([200, null])
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(856)
  })

  test('a refusal that many wait for is the answer of all', async () => {
    const customer = await gateway.customer('refused-together')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        post(customer, 'k1', body('404.mp4'), { via: i % 2 ? gateway : second }),
      ),
    )
    for (const {
      status,
      body: { error },
    } of answers) {
      expect([status, error.key, error.param]).toEqual([422, 'source_http_status', 'video_url'])
    }
    expect(answers.some((answer) => isReplay(answer) === 'true')).toBe(true)
    expect(await leftOf(customer)).toEqual([[], []])
  })

  test('another body or path is another request', async () => {
    const customer = await gateway.customer('reused')
    const { body: first } = await post(customer, 'k1')
    const model = 'topaz-video-upscale'
    for (const answer of [
      await post(customer, 'k1', { ...body(), upscale_factor: '4' }),
      await post(customer, 'k1', { ...body(), metadata: { a: '' } }, { via: second }),
      await post(customer, 'k1', { model, input: body() }, { path: GENERATE }),
    ]) {
      expect(answer).toMatchObject({
        status: 422,
        body: { error: { code: 'IDEMPOTENCY_KEY_REUSED', param: 'Idempotency-Key' } },
      })
      expect(isReplay(answer)).toBeNull()
    }
    expect(await leftOf(customer)).toEqual([[first.data.id], [first.data.id]])
  })

  test('it is of one account in one mode, and of seven days', async () => {
    const customer = await gateway.customer('scope')
    const { id } = (await post(customer, 'k1')).body.data
    const others = [
      await gateway.customer('scope-2'),
      await gateway.customer('scope', { livemode: false }),
    ]
    for (const other of others) expect(isReplay(await post(other, 'k1'))).toBeNull()

    const age = (age: string) =>
      sql`update gateway.idempotency_key set created_at = now() - ${age}::interval
        where task_id = ${id}`.execute(gateway.ctx.db)
    await age('6 days 23 hours')
    expect((await post(customer, 'k1')).body.data.id).toBe(id)
    await age('7 days')
    const next = await post(customer, 'k1', body('slow.mp4'))
    expect([next.status, isReplay(next)]).toEqual([200, null])
    expect(await leftOf(customer)).toEqual([[id, next.body.data.id], [next.body.data.id]])
  })

  test('two requests without one make two tasks', async () => {
    const customer = await gateway.customer('keyless')
    const ids = [await post(customer, undefined), await post(customer, undefined)].map(
      (answer) => answer.body.data.id,
    )
    expect(new Set(ids).size).toBe(2)
  })

  test('an odd one is refused, after the fields', async () => {
    const customer = await gateway.customer('odd')
    expect(await post(customer, 'k 1')).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_IDEMPOTENCY_KEY', param: 'Idempotency-Key' } },
    })
    expect(await post(customer, 'k 1', {})).toMatchObject({
      body: { error: { code: 'MISSING_VIDEO_URL' } },
    })
    expect(await post(customer, 'k 1', { video_url: 'ftp://a.example' })).toMatchObject({
      body: { error: { code: 'INVALID_IDEMPOTENCY_KEY' } },
    })
  })
})

describe('a task that is recorded', () => {
  test('answers as at its creation, whatever became of it and of the account', async () => {
    const customer = await gateway.customer('recorded', { balance: 288, dailyTasks: 1 })
    const first = await post(customer, 'k1', body('fails.mp4'))
    await recording()
    const { id } = first.body.data
    await untilEnded(customer, id)
    await sql`update gateway.task_order set video_url = null where task_id = ${id}`.execute(
      gateway.ctx.db,
    )
    await temporal.client.workflowService.deleteWorkflowExecution({
      namespace: temporal.namespace,
      workflowExecution: { workflowId: id },
    })
    const again = await post(customer, 'k1', body('fails.mp4'), { via: second })
    expect([again.status, again.text, isReplay(again)]).toEqual([200, first.text, 'true'])
    expect(again.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(await post(customer, 'k2')).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMITED' } },
    })
  })

  test('answers as at its creation after it was deleted; who waits sees it as it is', async () => {
    await recording()
    const customer = await gateway.customer('deleted')
    const first = await post(customer, 'k1', body('fails.mp4'))
    const { id } = first.body.data
    await untilEnded(customer, id)
    const authorization = `Bearer ${customer.key}`
    const path = `/api/v1/tasks/${id}`
    const removed = await gateway.call(path, { method: 'DELETE', headers: { authorization } })
    expect(removed.status).toBe(200)
    const again = await post(customer, 'k1', body('fails.mp4'), { via: second })
    expect([again.status, again.text, isReplay(again)]).toEqual([200, first.text, 'true'])

    const waited = await gateway.call(UPSCALE, {
      method: 'POST',
      headers: { authorization, 'idempotency-key': 'k1', prefer: 'wait=5' },
      body: JSON.stringify(body('fails.mp4')),
    })
    expect([waited.status, isReplay(waited)]).toEqual([200, 'true'])
    expect(waited.body.data).toEqual({ ...removed.body.data, creditsRemaining: 856 })
    expect(waited.body.data.input.video_url).toBeNull()
  })

  test('the same through generate', async () => {
    await recording()
    const customer = await gateway.customer('recorded-generate')
    const request = { model: 'topaz-video-upscale', input: body() }
    const first = await post(customer, 'k1', request, { path: GENERATE })
    await untilEnded(customer, first.body.data.id)
    const again = await post(customer, 'k1', request, { path: GENERATE })
    expect([again.status, again.text, isReplay(again)]).toEqual([200, first.text, 'true'])
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(856)
  })
})
