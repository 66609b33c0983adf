import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { MODEL } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { sql } from 'kysely'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { eventually } from './eventually.ts'
import { insertOrder } from './insert-order.ts'
import { testGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const QUOTE = '/api/v1/tools/upscale-video/quote'
const NO_TASK = '/api/v1/tasks/task_0000000000000000'
const body = (name = 'ok.mp4') => ({ video_url: `http://origin:9000/${name}` })

type Gateway = Awaited<ReturnType<TestGateway['another']>>
type Customer = Awaited<ReturnType<TestGateway['customer']>>

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
  worker = await startWorker(workerCtx, gateway.workerConfig)
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

const callAs = (
  { key }: Pick<Customer, 'key'>,
  via: Pick<Gateway, 'call'>,
  path: string,
  request?: unknown,
  known: Parameters<Gateway['call']>[2] = {},
): Promise<Answer> =>
  via.call(
    path,
    {
      headers: { authorization: `Bearer ${key}` },
      ...(request !== undefined && { method: 'POST', body: JSON.stringify(request) }),
    },
    known,
  )
const limitsUnknown = { limitsUnknown: true }

/** Waits until the present window has some seconds left, so that a test stays within one. */
async function inOneWindow(windowMs: number): Promise<void> {
  const leftMs = windowMs - (Date.now() % windowMs)
  if (leftMs < 8_000) await sleep(leftMs + 50)
}

const limitsOf = (answer: Answer | undefined) => ({
  limit: answer?.headers.get('x-ratelimit-limit'),
  remaining: answer?.headers.get('x-ratelimit-remaining'),
  reset: answer?.headers.get('x-ratelimit-reset'),
  policy: answer?.headers.get('ratelimit-policy'),
  state: answer?.headers.get('ratelimit')?.replace(/t=\d+/g, 't=n'),
})
const tomorrow = () => new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000).toISOString()

async function untilEnded(customer: Customer, id: string): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const { status } = (await customer.get(`/api/v1/tasks/${id}`)).body.data
    if (!['pending', 'processing'].includes(status)) return
    if (Date.now() > deadline) throw new Error(`Still ${status}`)
    await sleep(100)
  }
}

/** Two gateways over one database, with these settings. */
async function pair(settings: Record<string, string>) {
  await using opened = new AsyncDisposableStack()
  const gateways = [
    opened.use(await gateway.another(settings)),
    opened.use(await gateway.another(settings)),
  ] as const
  const all = opened.move()
  return { gateways, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

describe('burst limits of an account', () => {
  test('requests: the last one of the window is answered, the next one is not, at either gateway', async () => {
    const customer = await gateway.customer('requests')
    await using opened = await pair({ RATE_REQUESTS_PER_MINUTE: '40' })
    const [here, there] = opened.gateways
    await inOneWindow(60_000)
    const answers: Answer[] = []
    for (let i = 0; i < 40; i += 1) {
      answers.push(await callAs(customer, i % 2 ? here : there, NO_TASK))
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
    expect(limitsOf(answers[0]).state).toBe('"daily";r=500;t=n,"burst";r=39;t=n')
    expect(limitsOf(answers.at(-1)).state).toBe('"daily";r=500;t=n,"burst";r=0;t=n')

    for (const via of [here, there]) {
      const { status, headers, body } = await callAs(customer, via, NO_TASK)
      const resetsAt = new Date(Math.ceil(Date.now() / 60_000) * 60_000)
      expect([status, body.error.code, body.error.retryable]).toEqual([429, 'RATE_LIMITED', true])
      expect(body.error.message).toBe(
        `Rate limit exceeded. Limit: 40/min. Resets at: ${resetsAt.toISOString()}`,
      )
      const waitMs = Number(headers.get('retry-after')) * 1000
      expect(waitMs).toBeGreaterThan(0)
      expect(Date.now() + waitMs).toBeGreaterThanOrEqual(resetsAt.getTime() - 50)
      expect(headers.get('ratelimit')).toMatch(/"burst";r=0;t=\d+$/)
    }
    const other = await gateway.customer('requests-other')
    expect((await callAs(other, here, NO_TASK)).status).toBe(404)
  })

  test('a read costs no write: a gateway takes many tokens at once', async () => {
    const customer = await gateway.customer('leases')
    await using opened = await pair({})
    const [here, there] = opened.gateways
    await inOneWindow(60_000)
    await Promise.all(Array.from({ length: 30 }, () => callAs(customer, here, NO_TASK)))
    await callAs(customer, there, NO_TASK)
    const leased = async () =>
      await gateway.ctx.db
        .selectFrom('gateway.rateWindow')
        .select(['scope', 'used'])
        .where('accountId', '=', customer.accountId)
        .execute()
    const three = [{ scope: 'requests', used: 90 }] // the last one ahead, and nobody waits for it
    await eventually(leased, (rows) => isDeepStrictEqual(rows, three))
    await callAs(customer, here, NO_TASK)
    expect(await leased()).toEqual(three)
  })

  test('creates count before anything is read of them, and leave reads alone', async () => {
    const customer = await gateway.customer('creates')
    await using opened = await pair({ RATE_CREATES_PER_MINUTE: '3' })
    const [here, there] = opened.gateways
    await inOneWindow(60_000)
    const statuses = []
    for (const via of [here, there, here]) {
      statuses.push((await callAs(customer, via, UPSCALE, {})).status)
    }
    expect(statuses).toEqual([400, 400, 400])
    for (const via of [here, there]) {
      const answer = await callAs(customer, via, UPSCALE, body())
      expect(answer).toMatchObject({ status: 429, body: { error: { code: 'RATE_LIMITED' } } })
      expect(answer.body.error.message).toContain('Limit: 3/min.')
    }
    expect((await callAs(customer, here, NO_TASK)).status).toBe(404)
  })

  test('quotes count by the hour', async () => {
    const customer = await gateway.customer('quotes')
    await using opened = await pair({ RATE_QUOTES_PER_HOUR: '2' })
    const [here, there] = opened.gateways
    await inOneWindow(3_600_000)
    const answers = []
    for (const via of [here, there, here]) answers.push(await callAs(customer, via, QUOTE, {}))
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 429])
    expect(answers.at(-1)?.body.error.message).toContain('Limit: 2/hour.')
    expect((await callAs(customer, there, UPSCALE, {})).status).toBe(400)
  })

  test('while the counts cannot be read, reads go on and creates fail', async () => {
    const customer = await gateway.customer('no-counts')
    await using opened = await pair({})
    const [here] = opened.gateways
    const whileLocked = async (work: () => Promise<Answer>): Promise<Answer> =>
      await gateway.ctx.db.transaction().execute(async (trx) => {
        await sql`lock table gateway.rate_window in access exclusive mode`.execute(trx)
        return await work()
      })
    const read = await whileLocked(() => callAs(customer, here, NO_TASK, undefined, limitsUnknown))
    const create = await whileLocked(() => callAs(customer, here, UPSCALE, body()))
    expect([read.status, limitsOf(read).state]).toEqual([404, undefined])
    expect(create).toMatchObject({ status: 503, body: { error: { code: 'SERVICE_UNAVAILABLE' } } })
  })
})

describe('the daily quota', () => {
  test('the last task of the day is made, the next one is not, at either gateway', async () => {
    const customer = await gateway.customer('daily', { dailyTasks: 2 })
    await using opened = await pair({})
    const [here, there] = opened.gateways
    const first = await callAs(customer, here, UPSCALE, body())
    expect(limitsOf(first)).toMatchObject({
      limit: '2',
      remaining: '1',
      reset: tomorrow(),
      policy: '"daily";q=2;w=86400,"burst";q=600;w=60',
    })
    expect(limitsOf(await callAs(customer, there, UPSCALE, body())).remaining).toBe('0')
    for (const via of [here, there]) {
      const { status, headers, body: refused } = await callAs(customer, via, UPSCALE, body())
      expect([status, refused.error.code]).toEqual([429, 'RATE_LIMITED'])
      expect(refused.error.message).toBe(
        `Rate limit exceeded. Limit: 2/day. Resets at: ${tomorrow()}`,
      )
      expect(Date.now() + Number(headers.get('retry-after')) * 1000).toBeGreaterThanOrEqual(
        Date.parse(tomorrow()) - 50,
      )
      expect(headers.get('x-ratelimit-remaining')).toBe('0')
    }
    expect(limitsOf(await callAs(customer, here, NO_TASK)).remaining).toBe('0')
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(712)
  })

  test('many at once over two gateways make as many tasks as there are places', async () => {
    const customer = await gateway.customer('daily-at-once', { dailyTasks: 3, balance: 5_000 })
    await using opened = await pair({})
    const [here, there] = opened.gateways
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => callAs(customer, i % 2 ? here : there, UPSCALE, body())),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17)
    expect(gateway.billing.balanceOf(customer.accountId)).toBe(5_000 - 3 * 144)
  })

  test('a refused task gives its place back; a replay takes none', async () => {
    const customer = await gateway.customer('daily-refused', { dailyTasks: 1 })
    const refused = await customer.post(UPSCALE, body('too-long.mp4'))
    expect([refused.status, limitsOf(refused).remaining]).toEqual([422, '1'])
    const key = { 'idempotency-key': 'k1' }
    const made = await customer.post(UPSCALE, body(), key)
    expect([made.status, limitsOf(made).remaining]).toEqual([200, '0'])
    const again = await customer.post(UPSCALE, body(), key)
    expect([again.status, again.text, limitsOf(again).remaining]).toEqual([200, made.text, '0'])
  })

  test('it comes before the source, and after the key', async () => {
    const customer = await gateway.customer('daily-order', { dailyTasks: 0 })
    expect(await customer.post(UPSCALE, { video_url: 'ftp://a.example' })).toMatchObject({
      status: 429,
    })
    expect(await customer.post(UPSCALE, body(), { 'idempotency-key': 'k 1' })).toMatchObject({
      status: 400,
    })
  })

  test('a start that failed, and that nobody can come back for, counts no more', async () => {
    const customer = await gateway.customer('daily-abandoned', { dailyTasks: 1 })
    await using lost = await gateway.another({ TEMPORAL_NAMESPACE: 'nowhere' })
    const answer = await callAs(customer, lost, UPSCALE, body())
    expect([answer.status, limitsOf(answer).remaining]).toEqual([500, '1'])
    expect((await customer.post(UPSCALE, body())).status).toBe(200)
  })

  test('yesterday does not count', async () => {
    const customer = await gateway.customer('daily-yesterday', { dailyTasks: 1 })
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000
    const { accountId } = customer
    for (const createdAt of [new Date(midnight - 1), new Date(midnight - 86_400_000)]) {
      await insertOrder(gateway.ctx.db, {
        taskId: `task_${createdAt.getTime()}yesterday` as TaskId,
        accountId,
        livemode: true,
        requestId: 'req_1',
        model: MODEL,
        videoUrl: body().video_url,
        upscaleFactor: '2',
        metadata: {},
        createdAt,
      })
    }
    expect((await customer.post(UPSCALE, body())).status).toBe(200)
  })

  test.each([
    ['an unlimited plan', { dailyTasks: null }],
    ['test mode', { livemode: false, dailyTasks: 0 }],
  ])('there is none for %s', async (name, options) => {
    const customer = await gateway.customer(`daily-${name.replaceAll(' ', '-')}`, options)
    const answer = await customer.post(UPSCALE, body())
    expect(answer.status).toBe(200)
    expect(limitsOf(answer)).toEqual({
      limit: null,
      remaining: null,
      reset: null,
      policy: '"burst";q=600;w=60',
      state: '"burst";r=599;t=n',
    })
  })

  test('an account without API access is shown that it has none', async () => {
    const customer = await gateway.customer('daily-free', { apiAccess: false })
    const answer = await customer.get(NO_TASK)
    expect([answer.status, limitsOf(answer).limit, limitsOf(answer).remaining]).toEqual([
      403,
      '0',
      '0',
    ])
  })

  test('who is unknown is shown nothing', async () => {
    const answer = await gateway.call(NO_TASK)
    expect([answer.status, limitsOf(answer).policy]).toEqual([401, null])
  })
})

test('only so many tasks of an account may be open', async () => {
  const customer = await gateway.customer('queue', { balance: 5_000 })
  await using opened = await pair({ OPEN_TASKS_MAX: '2' })
  const [here, there] = opened.gateways
  const first = (await callAs(customer, here, UPSCALE, body('slow.mp4'))).body.data.id
  const second = (await callAs(customer, there, UPSCALE, body('slow.mp4'))).body.data.id
  const full = await callAs(customer, here, UPSCALE, body())
  expect(full).toMatchObject({
    status: 429,
    body: {
      error: {
        code: 'RATE_LIMITED',
        key: 'queue_full',
        message:
          'Rate limit exceeded. Limit: 2 open tasks. Wait until one of them has ended, or cancel one',
      },
    },
  })
  expect(full.headers.get('retry-after')).toBe('5')
  steps.release(first)
  await untilEnded(customer, first)
  expect((await callAs(customer, there, UPSCALE, body())).status).toBe(200)
  steps.release(second)
})

describe('limits of an address', () => {
  test('requests, whoever sends them, in our envelope', async () => {
    await using strict = await gateway.another({ IP_REQUESTS_PER_MINUTE: '2' })
    const statuses = [await strict.call('/api/v1/models'), await strict.call('/nowhere')]
    expect(statuses.map(({ status }) => status)).toEqual([200, 404])
    const { status, headers, body } = await strict.call('/api/v1/models')
    expect([status, body.success, body.error.code]).toEqual([429, false, 'RATE_LIMITED'])
    expect(body.error.message).toMatch(/^Rate limit exceeded\. Limit: 2\/min\. Resets at: \d{4}-/)
    expect(headers.get('request-id')).toBe(body.error.request_id)
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(59)
  })

  test('failed authentications; a good key is heard all the same, also one that was never used', async () => {
    const [customer, newcomer] = [
      await gateway.customer('guesser'),
      await gateway.customer('newcomer'),
    ]
    const { keyId, key: revoked } = await gateway.customer('revoked')
    await sql`update gateway.api_key set revoked_at = now() where id = ${keyId}`.execute(
      gateway.ctx.db,
    )
    await using strict = await gateway.another({ IP_AUTH_FAILURES_PER_MINUTE: '2' })
    const status = async (key: string, known = {}) =>
      (await callAs({ key }, strict, NO_TASK, undefined, known)).status
    const good = () => status(customer.key)
    expect(await Promise.all([good(), good(), good()])).toEqual([404, 404, 404])
    expect([await status('sk-wrong'), await status(revoked)]).toEqual([401, 401])
    for (const key of ['sk-wrong', revoked, 'no-key']) {
      expect(await status(key, limitsUnknown)).toBe(429)
    }
    expect((await strict.call(NO_TASK, {}, limitsUnknown)).status).toBe(429)
    expect([await good(), await status(newcomer.key)]).toEqual([404, 404])
    expect((await strict.call('/api/v1/models')).status).toBe(200)

    const { headers, body } = await callAs(
      { key: revoked },
      strict,
      NO_TASK,
      undefined,
      limitsUnknown,
    )
    expect(body.error.message).toMatch(/^Rate limit exceeded\. Limit: 2\/min\. Resets at: \d{4}-/)
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(50)
    expect(headers.get('www-authenticate')).toBeNull()
  })

  test('behind a proxy it is the address that the proxy saw; a whole IPv6 network is one', async () => {
    await using strict = await gateway.another({
      IP_REQUESTS_PER_MINUTE: '1',
      TRUSTED_PROXIES: '1',
    })
    const from = async (address: string) =>
      (await strict.call('/api/v1/models', { headers: { 'x-forwarded-for': address } })).status
    expect(await from('192.0.2.1')).toBe(200)
    expect(await from('192.0.2.2')).toBe(200)
    expect(await from('198.51.100.9, 192.0.2.1')).toBe(429)
    expect(await from('2001:db8:0:100::1')).toBe(200)
    expect(await from('2001:db8:0:1ff::2')).toBe(429)
    expect(await from('2001:db8:0:200::1')).toBe(200)
  })

  test('without a proxy nobody chooses an address', async () => {
    await using strict = await gateway.another({ IP_REQUESTS_PER_MINUTE: '1' })
    const from = async (address: string) =>
      (await strict.call('/api/v1/models', { headers: { 'x-forwarded-for': address } })).status
    expect([await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429])
  })
})
