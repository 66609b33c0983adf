import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { refundUpdate } from '@upscale/workflows/messages'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { testGateway } from './test-gateway.ts'
import type { TaskData, TestGateway } from './test-gateway.ts'
import { RESULT, startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const GENERATE = '/api/v1/generate'
const model = 'topaz-video-upscale'
const clip = (name: string) => `http://origin:9000/${name}?signature=hush`

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable | undefined
type Customer = Awaited<ReturnType<TestGateway['customer']>>

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

/** The gateway's own activities; before the first call nothing is recorded. */
async function recording(): Promise<void> {
  worker ??= await startWorker(workerCtx, gateway.workerConfig)
}

async function until(customer: Customer, id: string, isDone: (task: TaskData) => boolean) {
  const deadline = Date.now() + 20_000
  for (;;) {
    const { status, body } = await customer.get(`/api/v1/tasks/${id}`)
    expect(status).toBe(200)
    if (isDone(body.data)) return body.data
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(body.data)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
const hasEnded = ({ status }: TaskData) => !['pending', 'processing'].includes(status)

async function create(customer: Customer, name: string, options: object = {}): Promise<string> {
  const { status, body } = await customer.post(UPSCALE, { video_url: clip(name), ...options })
  expect(status).toBe(200)
  return body.data.id
}

describe('a job before anything is recorded', () => {
  test('the create answer has exactly its fields, and the workflow answers the first read', async () => {
    const customer = await gateway.customer('first')
    const answer = await customer.post(UPSCALE, {
      video_url: clip('ok.mp4'),
      max_credits: 144,
      metadata: { ref: '1' },
    })
    expect(answer.status).toBe(200)
    const { id, createdAt } = answer.body.data
    expect(answer.body).toEqual({
      success: true,
      data: {
        id: expect.stringMatching(/^task_[0-9A-Za-z]{24}$/),
        model,
        status: 'pending',
        input: {
          video_url: clip('ok.mp4'),
          upscale_factor: '2',
          detected_duration: '8.5s',
          billed_seconds: 9,
          credits_per_second: 16,
        },
        creditsUsed: 144,
        creditsRemaining: 856,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    })
    expect(answer.headers.get('location')).toBe(`/api/v1/tasks/${id}`)
    expect((await customer.get('/api/v1/credits')).body.data).toEqual({ credits: 856 })

    const { body } = await customer.get(`/api/v1/tasks/${id}`)
    expect(body.data).toMatchObject({
      id,
      status: 'pending',
      stage: 'queued',
      queue_position: 1,
      createdAt,
      creditsUsed: 144,
      metadata: { ref: '1' },
      livemode: true,
      request_id: answer.headers.get('request-id'),
      source: { duration: 8.5, width: 1280 },
      cost: { credits: 144, net_credits: 144, transactions: [{ type: 'debit', amount: -144 }] },
    })

    await recording()
    const task = await until(customer, id, hasEnded)
    expect(task).toMatchObject({
      status: 'completed',
      stage: 'done',
      progress: 1,
      attempts: 1,
      queue_position: null,
      input: answer.body.data.input,
      creditsUsed: 144,
      cost: body.data.cost,
    })
  })

  test('an operator sees who and where, never the URL', async () => {
    const customer = await gateway.customer('operator')
    const id = await create(customer, 'ok.mp4')
    const handle = gateway.ctx.temporal.client.workflow.getHandle(id)
    expect(await (await handle.describe()).staticSummary()).toBe('2x for operator:live')
    expect(await (await handle.describe()).staticDetails()).toContain('source at `origin:9000`')
    expect(JSON.stringify(await handle.fetchHistory())).not.toContain('hush')
  })
})

describe('generate', () => {
  test('answers without input', async () => {
    const customer = await gateway.customer('generate')
    const input = { video_url: clip('ok.mp4'), upscale_factor: '4', prompt: 'ignored' }
    const { status, body, headers } = await customer.post(GENERATE, { model, input })
    expect(status).toBe(200)
    const { id } = body.data
    expect(body.data).toEqual({
      id,
      model,
      status: 'pending',
      creditsUsed: 252,
      creditsRemaining: 748,
      createdAt: expect.any(String),
    })
    expect(headers.get('location')).toBe(`/api/v1/tasks/${id}`)
  })
})

describe('a refusal', () => {
  const input = (name: string, rest: object = {}) => ({
    model,
    input: { video_url: clip(name), ...rest },
  })

  test.each([
    [
      'too long',
      UPSCALE,
      { video_url: clip('too-long.mp4') },
      422,
      {
        code: 'VIDEO_TOO_LONG',
        message: 'Video is 74.2s long. Maximum is 60s',
        param: 'video_url',
        details: { duration: 74.2 },
        retryable: false,
      },
    ],
    [
      'not there',
      GENERATE,
      input('404.mp4'),
      422,
      {
        code: 'PROBE_FAILED',
        key: 'source_http_status',
        param: 'input.video_url',
        retryable: true,
      },
    ],
    [
      'too large a result',
      GENERATE,
      input('big.mp4', { upscale_factor: '4' }),
      422,
      { code: 'OUTPUT_TOO_LARGE', param: 'input.upscale_factor', details: { max_factor: '2' } },
    ],
    [
      'too expensive',
      UPSCALE,
      { video_url: clip('ok.mp4'), max_credits: 143 },
      402,
      {
        code: 'MAX_CREDITS_EXCEEDED',
        message: 'Price is 144 credits, max_credits is 143',
        param: 'max_credits',
      },
    ],
  ])('%s moves nothing and leaves nothing', async (name, path, body, status, error) => {
    const customer = await gateway.customer(`refused-${name.replaceAll(' ', '-')}`)
    const answer = await customer.post(path, body)
    expect(answer).toMatchObject({ status, body: { success: false, error } })
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(1_000)
    const orders = gateway.ctx.db.selectFrom('gateway.taskOrder').select('taskId')
    expect(await orders.where('accountId', '=', customer.accountId).execute()).toEqual([])
  })

  test('too few credits', async () => {
    const customer = await gateway.customer('poor', { balance: 143 })
    expect(await customer.post(UPSCALE, { video_url: clip('ok.mp4') })).toMatchObject({
      status: 402,
      body: {
        error: {
          code: 'INSUFFICIENT_CREDITS',
          message: 'Insufficient credits. Required: 144, Available: 143',
          retryable: false,
        },
      },
    })
  })
})

describe('the end of a job', () => {
  test('a failed one is refunded before it shows', async () => {
    await recording()
    const customer = await gateway.customer('fails')
    const task = await until(customer, await create(customer, 'fails.mp4'), hasEnded)
    expect(task).toMatchObject({
      status: 'failed',
      result: null,
      output: null,
      attempts: 1,
      stage: 'fetching',
      error: {
        code: 'SOURCE_UNREADABLE',
        key: 'source_unreadable',
        message: 'The video could not be decoded',
        param: null,
        retryable: false,
        refunded_credits: 144,
        request_id: task.request_id,
      },
      cost: { credits: 144, refunded_credits: 144, net_credits: 0 },
    })
    expect(task.cost.transactions.map(({ amount }) => amount)).toEqual([-144, 144])
    expect(task.completed_at).not.toBeNull()
    expect(task.timings.total_ms).toBeGreaterThanOrEqual(0)
  })

  test('a parked one processes until an operator gives it back', async () => {
    await recording()
    const customer = await gateway.customer('parked')
    const id = await create(customer, 'outage.mp4')
    const parked = await until(customer, id, ({ attempts }) => attempts === 2)
    expect(parked).toMatchObject({
      status: 'processing',
      error: null,
      eta_seconds: null,
      result: null,
    })
    const handle = gateway.ctx.temporal.client.workflow.getHandle(id)
    await handle.executeUpdate<string, [string]>(refundUpdate.name, { args: ['test'] })
    expect(await until(customer, id, hasEnded)).toMatchObject({
      status: 'failed',
      error: { code: 'UPSCALER_UNAVAILABLE', retryable: true, refunded_credits: 144 },
    })
  })
})

describe('progress', () => {
  test('of a watched task comes from its heartbeats', async () => {
    await recording()
    const customer = await gateway.customer('slow')
    const id = await create(customer, 'slow.mp4')
    const task = await until(customer, id, ({ progress }) => progress > 0)
    expect(task).toMatchObject({
      status: 'processing',
      stage: 'upscaling',
      progress: 0.42,
      eta_seconds: 61,
      queue_position: null,
      attempts: 1,
    })
    expect(Date.parse(String(task.started_at))).toBeGreaterThanOrEqual(Date.parse(task.createdAt))
    steps.release(id)
    const done = await until(customer, id, hasEnded)
    expect(done).toMatchObject({ status: 'completed', progress: 1, started_at: task.started_at })
    expect(done.timings.queued_ms).toBeGreaterThanOrEqual(0)
  })
})

describe('a result', () => {
  let url: URL
  let customer: Customer
  let id: string
  beforeAll(async () => {
    await recording()
    customer = await gateway.customer('result')
    id = await create(customer, 'ok.mp4')
    const task = await until(customer, id, hasEnded)
    expect(task.output?.url).toBe(task.result?.url)
    url = new URL(String(task.result?.url))
    expect(url.origin).toBe('http://127.0.0.1:1')
  })
  const fetchResult = (headers: Record<string, string> = {}, method = 'GET') =>
    gateway.call(url.pathname, { method, headers })

  test('needs no header and is safe to open', async () => {
    const answer = await fetchResult()
    expect(answer.status).toBe(200)
    expect(answer.text).toBe(RESULT.toString())
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '10',
      'content-disposition': 'inline; filename="upscaled.mp4"',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Content-Range, ETag',
      'accept-ranges': 'bytes',
      etag: `"${'a'.repeat(64)}"`,
    })
    expect(answer.headers.has('set-cookie')).toBe(false)
    const head = await fetchResult({ range: 'bytes=2-5' }, 'HEAD') // parts are a matter of GET alone
    expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, '10', ''])
  })

  test('comes in parts', async () => {
    const part = await fetchResult({ range: 'bytes=2-5' })
    expect([part.status, part.headers.get('content-range'), part.text]).toEqual([
      206,
      'bytes 2-5/10',
      '2345',
    ])
    const behind = await fetchResult({ range: 'bytes=10-' })
    expect([behind.status, behind.headers.get('content-range'), behind.text]).toEqual([
      416,
      'bytes */10',
      '',
    ])
    const other = await fetchResult({ range: 'bytes=2-5', 'if-range': '"other"' })
    expect([other.status, other.text]).toEqual([200, RESULT.toString()])
  })

  test('ends with its time, the task stays', async () => {
    await gateway.ctx.db
      .updateTable('gateway.task')
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where('taskId', '=', id as never)
      .execute()
    const gone = await gateway.call(url.pathname)
    expect(gone).toMatchObject({
      status: 404,
      body: { error: { code: 'NO_RESULT', message: 'The result has expired' } },
    })
    const { body } = await customer.get(`/api/v1/tasks/${id}`)
    expect(body.data).toMatchObject({
      status: 'completed',
      result: { url: null, type: 'video' },
      output: { url: null, sha256: 'a'.repeat(64) },
    })
  })

  test.each(['/results/none/upscaled.mp4', '/results/..%2F..%2Fetc/passwd', '/results/%00'])(
    'there is none at %s',
    async (path) => {
      expect(await gateway.call(path)).toMatchObject({
        status: 404,
        body: { error: { code: 'NO_RESULT' } },
      })
    },
  )
})

describe('tenants', () => {
  test('a foreign task, the own one in the other mode and a missing one look the same', async () => {
    const owner = await gateway.customer('owner')
    const id = await create(owner, 'ok.mp4')
    await until(owner, id, hasEnded)
    const foreign = await (await gateway.customer('other')).get(`/api/v1/tasks/${id}`)
    const otherMode = await (
      await gateway.customer('owner', { livemode: false })
    ).get(`/api/v1/tasks/${id}`)
    const missing = await owner.get(`/api/v1/tasks/${id}x`)
    const bodies = [foreign, otherMode, missing].map(({ status, text, headers }) => {
      const requestId = headers.get('request-id') ?? ''
      return [status, text.replace(requestId, '')]
    })
    expect(bodies[0]?.[0]).toBe(404)
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
  })

  test('a job in test mode is one of its own account', async () => {
    const trial = await gateway.customer('trial', { livemode: false, apiAccess: false })
    const id = await create(trial, 'ok.mp4')
    expect((await trial.get(`/api/v1/tasks/${id}`)).body.data.livemode).toBe(false)
    expect(gateway.billing.balanceOf('trial:test')).toBe(99_856)
  })
})
