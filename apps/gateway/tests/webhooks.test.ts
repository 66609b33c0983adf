import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connectTemporal, createLogger } from '@upscale/runtime'
import { startWorkflowWorker } from '@upscale/runtime/worker'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { AccountId, TaskId } from '@upscale/types'
import type { RecordTaskInput } from '@upscale/workflows/activities'
import { QUEUES, SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import type { z } from 'zod'
import type { WorkerContext } from '../src/context.ts'
import { randomBase62 } from '../src/random-id.ts'
import { startWorker } from '../src/start-worker.ts'
import { insertOrder } from './insert-order.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { Delivery, DeliveryPage } from '../src/webhooks/delivery-schema.ts'
import { WebhookSecretData } from '../src/webhooks/secret-view.ts'
import { WEBHOOK_BODIES } from '../src/webhooks/webhook-schema.ts'
import { WEBHOOK_TYPES } from '../src/webhooks/webhook-type.ts'
import type { WebhookType } from '../src/webhooks/webhook-type.ts'
import { readWebhookSecret } from '../src/webhooks/webhook-secret.ts'
import { media, upscaleOutput } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { signersOf, startReceiver } from './test-receiver.ts'
import type { TestReceiver } from './test-receiver.ts'

const API = '/api/v1/webhooks'
const bundlePath = createRequire(import.meta.url).resolve('@upscale/workflows/bundle')

type DeliveryData = z.infer<typeof Delivery>
type Customer = Awaited<ReturnType<TestGateway['customer']>>
type Answer = Awaited<ReturnType<Customer['get']>>

const parts = new AsyncDisposableStack()
let temporal: TestTemporal
let receiver: TestReceiver
let hanging: TestReceiver
let gateway: TestGateway
let ctx: WorkerContext

beforeAll(async () => {
  temporal = parts.use(await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name)))
  receiver = parts.use(await startReceiver())
  hanging = parts.use(await startReceiver())
  gateway = parts.use(
    await testGateway(temporal, {
      SAFE_FETCH_ALLOW: `${receiver.pair},${hanging.pair}`,
      WEBHOOK_GAPS_MS: '200,400',
    }),
  )
  ctx = parts.use(gateway.workerContext())
  parts.use(await startWorker(ctx, gateway.workerConfig))
  parts.use(
    await startWorkflowWorker({
      temporal,
      taskQueue: QUEUES.orchestrator,
      bundlePath,
      logger: createLogger('test', 'silent'),
    }),
  )
})
afterAll(() => parts.disposeAsync())

const dataOf = ({ status, body }: Answer): unknown => {
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined })
  return body.data
}
const secretOf = async (customer: Customer) =>
  WebhookSecretData.parse(dataOf(await customer.get(`${API}/secret`)))
const deliveriesOf = async (customer: Customer, query = '') =>
  DeliveryPage.parse(dataOf(await customer.get(`${API}/deliveries${query}`)))

interface Asked {
  events?: readonly WebhookType[]
  livemode?: boolean
  metadata?: Record<string, string>
}

/** A task that is paid for, and what its workflow records at its end. */
async function paidTask(
  customer: Customer,
  url: string,
  { events = WEBHOOK_TYPES, livemode = true, metadata = { ref: 'é1' } }: Asked = {},
) {
  const taskId = `task_${randomBase62(24)}` as TaskId
  const accountId: AccountId = customer.accountId
  await insertOrder(ctx.db, {
    taskId,
    accountId,
    livemode,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/clip.mp4',
    upscaleFactor: '2',
    metadata,
    createdAt: new Date(Date.now() - 5_000),
    webhookUrl: url,
    webhookEvents: [...events],
  })
  const debitId = `txn_${'0'.repeat(24)}`
  const price = { creditsUsed: 144, creditsRemaining: 856, creditsPerSecond: 16, debitId }
  const at = Date.now() - 4_000
  const id = { taskId, accountId }
  await recordTask(ctx, { ...id, at, status: 'pending', stage: 'queued', media, price })
  const completed: RecordTaskInput = {
    ...id,
    at: Date.now(),
    status: 'completed',
    stage: 'done',
    output: upscaleOutput,
    attempts: 1,
  }
  return { taskId, completed }
}

/** Ends a task of the customer well, and gives its delivery once `isDone`. */
async function delivered(
  customer: Customer,
  path: string,
  isDone = ({ status }: DeliveryData) => status !== 'pending',
): Promise<DeliveryData> {
  const { taskId, completed } = await paidTask(customer, receiver.url(path))
  await recordTask(ctx, completed)
  return await until(customer, taskId, isDone)
}

async function until(
  customer: Customer,
  taskId: string,
  isDone: (delivery: DeliveryData) => boolean = ({ status }) => status !== 'pending',
): Promise<DeliveryData> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const [delivery] = (await deliveriesOf(customer, `?task_id=${taskId}`)).items
    if (delivery && isDone(delivery)) return Delivery.parse(delivery)
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(delivery)}`)
    await sleep(50)
  }
}

describe('a task that ended', () => {
  test('is told within 2 s, signed, as its customer reads it', async () => {
    const customer = await gateway.customer('told')
    const { taskId, completed } = await paidTask(customer, receiver.url('/told?key=hush'))
    const endedAt = Date.now()
    await recordTask(ctx, completed)
    const delivery = await until(customer, taskId)
    const [message, ...others] = receiver.of('/told?key=hush')
    if (!message) throw new Error('Nothing came')
    expect(others).toEqual([])
    expect(message.at - endedAt).toBeLessThan(2_000)
    expect(message.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'upscale (+https://127.0.0.1/)',
      'webhook-id': delivery.webhook_id,
    })
    const { secret } = await secretOf(customer)
    expect(signersOf(message, [secret])).toEqual([secret])
    const timestamp = Number(message.headers['webhook-timestamp'])
    expect(Math.abs(timestamp - Date.now() / 1_000)).toBeLessThan(5)

    const body = WEBHOOK_BODIES['task.completed'].parse(JSON.parse(message.body))
    const task = (await customer.get(`/api/v1/tasks/${taskId}`)).body.data
    expect(body).toEqual({
      type: 'task.completed',
      timestamp: task.completed_at,
      data: { ...task, source: body.data.source, output: body.data.output },
    })
    expect(message.body.length).toBeLessThan(20_000)
    expect(delivery).toEqual({
      id: expect.stringMatching(/^whd_[A-Za-z0-9]{24}$/),
      webhook_id: expect.stringMatching(/^msg_[A-Za-z0-9]{24}$/),
      task_id: taskId,
      type: 'task.completed',
      url: receiver.url('/told?key=hush'),
      status: 'delivered',
      attempts: [
        {
          number: 1,
          at: expect.any(String),
          status_code: 204,
          error: null,
          duration_ms: expect.any(Number),
          response_snippet: null,
        },
      ],
      next_attempt_at: null,
      created_at: expect.any(String),
    })
    expect(dataOf(await customer.get(`${API}/deliveries/${delivery.id}`))).toEqual(delivery)
    expect(await ctx.metrics.metrics()).toContain(
      'upscale_webhook_deliveries_total{outcome="delivered"}',
    )
  })

  test('is told in 20 kB: the longest texts of its customer are left out', async () => {
    const customer = await gateway.customer('wordy')
    const long = Object.fromEntries(
      Array.from({ length: 19 }, (_, i) => [`note${i}`, '語'.repeat(500 - i)]),
    )
    const metadata = { order: '4711', ...long }
    const { taskId, completed } = await paidTask(customer, receiver.url('/wordy'), { metadata })
    await recordTask(ctx, completed)
    await until(customer, taskId)
    const [{ body } = { body: '' }] = receiver.of('/wordy')
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000)
    expect(Buffer.byteLength(body)).toBeGreaterThan(18_000)
    const { data } = WEBHOOK_BODIES['task.completed'].parse(JSON.parse(body))
    expect(Object.keys(data.metadata)).toEqual(
      Object.keys(metadata).filter((key) => key in data.metadata),
    )
    expect(data.metadata).toMatchObject({ order: '4711', note18: long['note18'] })
    expect(data.metadata).not.toHaveProperty('note0')
    expect((await customer.get(`/api/v1/tasks/${taskId}`)).body.data.metadata).toEqual(metadata)
  })

  test('is not told as failed when it was run again meanwhile', async () => {
    const customer = await gateway.customer('rerun')
    const { taskId, completed } = await paidTask(customer, receiver.url('/rerun'))
    const { webhookGate } = ctx
    await using away = connectTemporal({ address: '127.0.0.1:1', namespace: temporal.namespace })
    const error = {
      code: 'GENERATION_FAILED',
      key: 'generic',
      message: 'The upscale failed',
    } as const
    const { accountId } = completed
    const failed = { taskId, accountId, at: Date.now(), status: 'failed', error } as const
    await recordTask({ ...ctx, webhookGate, temporal: away }, failed).catch(() => undefined)
    const price = { creditsUsed: 144, creditsRemaining: 712, creditsPerSecond: 16, debitId: null }
    const again = { taskId, accountId, at: Date.now() + 1, generation: 2 }
    await recordTask(ctx, { ...again, status: 'pending', stage: 'queued', media, price })
    await recordTask(ctx, { ...completed, at: Date.now() + 2 })
    await until(
      customer,
      taskId,
      ({ type, status }) => type === 'task.completed' && status === 'delivered',
    )
    await sleep(300)
    const told = receiver.of('/rerun').map(({ body }) => JSON.parse(body).type)
    expect(told).toEqual(['task.completed'])
    expect((await deliveriesOf(customer, `?task_id=${taskId}`)).items).toMatchObject([
      { type: 'task.completed', status: 'delivered' },
      { type: 'task.failed', status: 'failed', next_attempt_at: null, attempts: [] },
    ])
  })

  test('is told only where its customer asked for it', async () => {
    const customer = await gateway.customer('chosen')
    const url = receiver.url('/chosen')
    const { taskId, completed } = await paidTask(customer, url, { events: ['task.failed'] })
    await recordTask(ctx, completed)
    expect((await deliveriesOf(customer, `?task_id=${taskId}`)).items).toEqual([])
  })

  test('is told once, however often its end is recorded', async () => {
    const customer = await gateway.customer('once')
    const { taskId, completed } = await paidTask(customer, receiver.url('/once'))
    await Promise.all([1, 2, 3].map(() => recordTask(ctx, completed)))
    await until(customer, taskId)
    await recordTask(ctx, completed)
    await sleep(300)
    expect(receiver.of('/once')).toHaveLength(1)
    expect((await deliveriesOf(customer, `?task_id=${taskId}`)).items).toHaveLength(1)
  })

  test('is told though a crash came between its end and the start of the delivery', async () => {
    const customer = await gateway.customer('crash')
    const { taskId, completed } = await paidTask(customer, receiver.url('/crash'))
    await using away = connectTemporal({ address: '127.0.0.1:1', namespace: temporal.namespace })
    await expect(recordTask({ ...ctx, temporal: away }, completed)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    })
    expect((await customer.get(`/api/v1/tasks/${taskId}`)).body.data.status).toBe('completed')
    const waiting = await until(customer, taskId, () => true)
    expect(waiting).toMatchObject({ status: 'pending', attempts: [] })
    expect(waiting.next_attempt_at).toEqual(expect.any(String))

    await recordTask(ctx, completed)
    expect(await until(customer, taskId)).toMatchObject({ id: waiting.id, status: 'delivered' })
    expect(receiver.of('/crash')).toHaveLength(1)
  })
})

describe('a receiver', () => {
  test('that is busy gets the same bytes again under the same id, signed anew', async () => {
    receiver.answer('/busy', (res, count) =>
      count < 3 ? res.writeHead(500).end('token=hush whsec_aGVsbG8=\0') : res.writeHead(200).end(),
    )
    const customer = await gateway.customer('busy')
    const delivery = await delivered(customer, '/busy')
    expect(delivery).toMatchObject({
      status: 'delivered',
      attempts: [
        { number: 1, status_code: 500, response_snippet: 'token=[secret] whsec_[secret]' },
        { number: 2, status_code: 500 },
        { number: 3, status_code: 200, response_snippet: null },
      ],
    })
    const messages = receiver.of('/busy')
    expect(new Set(messages.map(({ body }) => body)).size).toBe(1)
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const { secret } = await secretOf(customer)
    expect(messages.flatMap((message) => signersOf(message, [secret]))).toEqual(
      Array(3).fill(secret),
    )
    await expect(temporal.client.workflow.getHandle(delivery.id).result()).resolves.toMatchObject({
      outcome: 'delivered',
      attempts: 3,
    })
  })

  test('that never takes it is given up, as a run that is no operator’s problem', async () => {
    receiver.answer('/never', (res) => res.writeHead(302, { location: receiver.url('/x') }).end())
    const delivery = await delivered(await gateway.customer('never'), '/never')
    expect(delivery).toMatchObject({
      status: 'failed',
      next_attempt_at: null,
      attempts: [1, 2, 3].map((number) => ({
        number,
        status_code: 302,
        error: 'redirect_not_followed: give the final URL',
      })),
    })
    expect(receiver.of('/x')).toEqual([])
    await expect(temporal.client.workflow.getHandle(delivery.id).result()).resolves.toEqual({
      outcome: 'failed',
      attempts: 3,
      answer: 'HTTP 302',
    })
  })

  test('that is gone gets nothing more', async () => {
    receiver.answer('/gone', (res) => res.writeHead(410).end())
    expect(await delivered(await gateway.customer('gone'), '/gone')).toMatchObject({
      status: 'failed',
      attempts: [{ number: 1, status_code: 410 }],
    })
  })

  test('that says when to come again is obeyed', async () => {
    receiver.answer('/later', (res, count) =>
      count < 2 ? res.writeHead(429, { 'retry-after': '2' }).end() : res.writeHead(200).end(),
    )
    const customer = await gateway.customer('later')
    const waiting = await delivered(customer, '/later', ({ attempts }) => attempts.length === 1)
    const [attempt] = waiting.attempts
    const waitMs = Date.parse(waiting.next_attempt_at ?? '') - Date.parse(attempt?.at ?? '')
    expect(waitMs).toBeGreaterThanOrEqual(2_000)
    expect(waitMs).toBeLessThan(3_000)
    expect(await until(customer, waiting.task_id ?? '')).toMatchObject({ status: 'delivered' })
    const [first, second] = receiver.of('/later')
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_990)
  })

  test('whose run an operator cancels gets nothing more, and its delivery says so', async () => {
    receiver.answer('/canceled', (res) => res.writeHead(503, { 'retry-after': '3600' }).end())
    const customer = await gateway.customer('canceled')
    const waiting = await delivered(
      customer,
      '/canceled',
      ({ attempts, status }) => attempts.length === 1 && status === 'pending',
    )
    await temporal.client.workflow.getHandle(waiting.id).cancel()
    const given = await until(customer, waiting.task_id ?? '')
    expect(given).toMatchObject({
      status: 'failed',
      next_attempt_at: null,
      attempts: [{ status_code: 503 }],
    })
  })

  test.each([
    ['https://127.0.0.1/', 'url_address_not_allowed: its host is not at a public address'],
    ['http://hooks.example.com/', 'url_scheme_not_allowed: it must start with https://'],
  ])('at %s is refused at every attempt', async (url, error) => {
    const customer = await gateway.customer('private')
    const { taskId, completed } = await paidTask(customer, url)
    await recordTask(ctx, completed)
    expect(await until(customer, taskId)).toMatchObject({
      status: 'failed',
      attempts: [1, 2, 3].map((number) => ({ number, status_code: null, error })),
    })
  })

  test('that was allowed once is refused when the allow-list is emptied', async () => {
    const customer = await gateway.customer('emptied')
    const { policy } = ctx
    try {
      Object.assign(ctx, { policy: { ...policy, allow: new Set<string>() } })
      const delivery = await delivered(customer, '/emptied')
      expect(delivery).toMatchObject({ status: 'failed', attempts: { length: 3 } })
      expect(receiver.of('/emptied')).toEqual([])
    } finally {
      Object.assign(ctx, { policy })
    }
  })

  test('that hangs holds up nobody else', async () => {
    hanging.answer('/', () => {})
    const slow = await gateway.customer('slow')
    const stuck = await Promise.all(
      Array.from({ length: 16 }, () => paidTask(slow, hanging.url('/'))),
    )
    await Promise.all(stuck.map(({ completed }) => recordTask(ctx, completed)))
    await sleep(500)
    expect(hanging.of('/')).toHaveLength(4)

    const customer = await gateway.customer('quick')
    const since = Date.now()
    await delivered(customer, '/quick')
    expect(Date.now() - since).toBeLessThan(2_000)
  })
})

describe('secrets', () => {
  test('are made once, one for each account and mode, and lie sealed', async () => {
    const live = await gateway.customer('secrets')
    const trial = await gateway.customer('secrets', { livemode: false })
    const [first, again] = await Promise.all([secretOf(live), secretOf(live)])
    expect(first).toEqual({
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      previous_valid_until: null,
    })
    expect(again).toEqual(first)
    expect((await secretOf(trial)).secret).not.toBe(first.secret)
    const rows = await ctx.db.selectFrom('gateway.webhookSecret').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain('whsec_')
    expect(rows.map(({ sealed }) => sealed)).toEqual(
      rows.map(() => expect.stringMatching(/^w\.[\w-]+$/)),
    )
  })

  test('sign along for 24 h after a rotation, the newest first', async () => {
    const customer = await gateway.customer('rotates')
    const before = await secretOf(customer)
    const after = WebhookSecretData.parse(dataOf(await customer.post(`${API}/secret/rotate`, '')))
    expect(after.secret).not.toBe(before.secret)
    const until = Date.parse(after.previous_valid_until ?? '')
    expect(Math.abs(until - Date.now() - 86_400_000)).toBeLessThan(60_000)
    expect(await secretOf(customer)).toEqual(after)

    await delivered(customer, '/rotates')
    const [message] = receiver.of('/rotates')
    expect(message && signersOf(message, [before.secret, after.secret])).toEqual([
      after.secret,
      before.secret,
    ])
    const owner = { accountId: customer.accountId, livemode: true }
    const later = { ...ctx, now: () => new Date(until + 1) }
    expect(await readWebhookSecret(later, owner)).toEqual({ secret: after.secret, previous: null })
  })

  test('a first rotation has none before it', async () => {
    const customer = await gateway.customer('first-rotation')
    const rotated = dataOf(await customer.post(`${API}/secret/rotate`, ''))
    expect(rotated).toMatchObject({ previous_valid_until: null })
  })
})

describe('the log of deliveries', () => {
  test('is listed newest first, page by page, and filtered', async () => {
    receiver.answer('/log-gone', (res) => res.writeHead(410).end())
    const customer = await gateway.customer('log')
    const made: DeliveryData[] = []
    for (const path of ['/log', '/log-gone', '/log']) made.unshift(await delivered(customer, path))
    const all = await deliveriesOf(customer)
    expect(all).toEqual({ items: made, has_more: false, next_cursor: null })
    const first = await deliveriesOf(customer, '?limit=2')
    expect(first).toMatchObject({ items: made.slice(0, 2), has_more: true })
    await delivered(customer, '/log')
    const second = await deliveriesOf(customer, `?limit=2&cursor=${first.next_cursor}`)
    expect(second).toEqual({ items: made.slice(2), has_more: false, next_cursor: null })
    expect((await deliveriesOf(customer, '?status=failed')).items).toEqual([made[1]])
    for (const query of ['limit=0', 'status=x', 'task_id=x', 'cursor=x'])
      expect(await customer.get(`${API}/deliveries?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'INVALID_PARAMETER', param: query.split('=')[0] } },
      })
  })

  test('shows nobody else’s, and not those of the other mode', async () => {
    const live = await gateway.customer('mine')
    const others = [
      await gateway.customer('mine', { livemode: false }),
      await gateway.customer('somebody'),
    ]
    const { id, task_id } = await delivered(live, '/mine')
    for (const other of others) {
      expect((await deliveriesOf(other, `?task_id=${task_id}`)).items).toEqual([])
      const foreign = await other.get(`${API}/deliveries/${id}`)
      const missing = await other.get(`${API}/deliveries/whd_${'0'.repeat(24)}`)
      expect(foreign).toMatchObject({
        status: 404,
        body: { error: { code: 'DELIVERY_NOT_FOUND', message: 'Delivery not found' } },
      })
      const shown = ({ text, headers }: Answer) =>
        text.replaceAll(headers.get('request-id') ?? '', '')
      expect(shown(foreign)).toBe(shown(missing))
      expect(await other.post(`${API}/deliveries/${id}/replay`, '')).toMatchObject({ status: 404 })
    }
    expect(receiver.of('/mine')).toHaveLength(1)
  })
})

test.each(['x', 'whd_%00aaaaaaaaaaaaaaaa', 'whd_%F0%9F%98%80aaaaaaaaaaaaaaaa'])(
  '%s is the id of no delivery',
  async (id) => {
    const customer = await gateway.customer('odd-ids')
    const read = await customer.get(`${API}/deliveries/${id}`)
    const replayed = await customer.post(`${API}/deliveries/${id}/replay`, '')
    for (const { status, body } of [read, replayed])
      expect([status, body.error.code]).toEqual([404, 'DELIVERY_NOT_FOUND'])
  },
)

describe('a replay', () => {
  const replay = async (customer: Customer, id: string) =>
    Delivery.parse(dataOf(await customer.post(`${API}/deliveries/${id}/replay`, '')))

  test('brings what was given up, with its id and bytes, and numbers on', async () => {
    let isUp = false
    receiver.answer('/mended', (res) => res.writeHead(isUp ? 200 : 503).end())
    const customer = await gateway.customer('mends')
    const failed = await delivered(customer, '/mended')
    expect(failed).toMatchObject({ status: 'failed', attempts: { length: 3 } })
    expect(await replay(customer, failed.id)).toMatchObject({
      status: 'failed',
      attempts: { length: 4 },
      next_attempt_at: null,
    })
    isUp = true
    const mended = await replay(customer, failed.id)
    expect(mended).toMatchObject({ id: failed.id, status: 'delivered', attempts: { length: 5 } })
    expect(mended.attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
    isUp = false
    const again = await replay(customer, failed.id)
    expect(again).toMatchObject({ status: 'delivered', attempts: { length: 6 } })
    expect(again.attempts.at(-1)).toMatchObject({ number: 6, status_code: 503 })
    const messages = receiver.of('/mended')
    expect(new Set(messages.map(({ headers, body }) => headers['webhook-id'] + body)).size).toBe(1)
  })

  test('that is taken ends a plan that goes on', async () => {
    receiver.answer('/soon', (res, count) =>
      count < 2 ? res.writeHead(503, { 'retry-after': '3600' }).end() : res.writeHead(200).end(),
    )
    const customer = await gateway.customer('soon')
    const waiting = await delivered(customer, '/soon', ({ attempts }) => attempts.length === 1)
    expect(await replay(customer, waiting.id)).toMatchObject({
      status: 'delivered',
      next_attempt_at: null,
      attempts: [{ status_code: 503 }, { status_code: 200 }],
    })
    const run = temporal.client.workflow.getHandle(waiting.id)
    expect(await run.result()).toMatchObject({ outcome: 'delivered', attempts: 2 })
  })

  test('of a task that lost its source tells it without', async () => {
    const customer = await gateway.customer('deletes')
    const { id, task_id } = await delivered(customer, '/deletes')
    const taskId = task_id as TaskId
    const where = { taskId }
    await ctx.db
      .updateTable('gateway.taskOrder')
      .set({ videoUrl: null })
      .where('taskId', '=', where.taskId)
      .execute()
    await ctx.db
      .updateTable('gateway.webhookDelivery')
      .set({ body: null })
      .where('taskId', '=', where.taskId)
      .execute()
    expect(await replay(customer, id)).toMatchObject({ attempts: { length: 2 } })
    const [before, after] = receiver.of('/deletes').map(({ body }) => body)
    expect(before).toContain('https://a.example/clip.mp4')
    expect(after).not.toContain('https://a.example/clip.mp4')
    expect(JSON.parse(after ?? '')).toMatchObject({
      data: { id: taskId, input: { video_url: null } },
    })
  })
})

describe('a test', () => {
  const tryOut = (customer: Customer, body: object) => customer.post(`${API}/test`, body)

  test.each(WEBHOOK_TYPES)(
    'sends a signed sample of %s and shows what came of it',
    async (type) => {
      const customer = await gateway.customer('tries', { livemode: false })
      const path = `/tries/${type}`
      const answer = await tryOut(customer, { webhook_url: receiver.url(path), type })
      const delivery = Delivery.parse(dataOf(answer))
      expect(delivery).toMatchObject({
        task_id: null,
        type,
        status: 'delivered',
        next_attempt_at: null,
        attempts: [{ number: 1, status_code: 204 }],
      })
      const [message] = receiver.of(path)
      if (!message) throw new Error('Nothing came')
      const { secret } = await secretOf(customer)
      expect(signersOf(message, [secret])).toEqual([secret])
      expect(WEBHOOK_BODIES[type].parse(JSON.parse(message.body))).toMatchObject({
        test: true,
        data: { livemode: false },
      })
      expect((await deliveriesOf(customer)).items[0]).toEqual(delivery)
    },
  )

  test('makes one attempt, and is failed after it', async () => {
    receiver.answer('/broken', (res) => res.writeHead(500).end('oops'))
    const customer = await gateway.customer('tries-broken')
    const answer = await tryOut(customer, { webhook_url: receiver.url('/broken') })
    expect(dataOf(answer)).toMatchObject({
      type: 'task.completed',
      status: 'failed',
      attempts: [{ status_code: 500, response_snippet: 'oops' }],
    })
    await sleep(600)
    expect(receiver.of('/broken')).toHaveLength(1)
  })

  test.each([
    [undefined, 'url_invalid'],
    [42, 'url_invalid'],
    ['http://hooks.example.com/', 'url_scheme_not_allowed'],
    ['https://10.0.0.1/', 'url_address_not_allowed'],
    ['https://localhost/', 'url_host_not_allowed'],
  ])('refuses %j', async (webhook_url, key) => {
    const answer = await tryOut(await gateway.customer('tries-odd'), { webhook_url })
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_WEBHOOK_URL', key, param: 'webhook_url' } },
    })
  })

  test('refuses another type', async () => {
    const customer = await gateway.customer('tries-odd')
    const webhook_url = receiver.url('/odd')
    expect(await tryOut(customer, { webhook_url, type: 'task.created' })).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_PARAMETER', param: 'type' } },
    })
  })
})
