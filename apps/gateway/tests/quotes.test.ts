import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { RequestId } from '@upscale/types'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { sql } from 'kysely'
import { parseUpscaleOrder } from '../src/orders/parse-upscale-order.ts'
import { placeOrder } from '../src/orders/place-order.ts'
import type { QuoteAnswer } from '../src/quotes/quote-schema.ts'
import type { z } from 'zod'
import { testGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const QUOTE = `${UPSCALE}/quote`
const GENERATE = '/api/v1/generate'
const model = 'topaz-video-upscale'
const clip = (name: string) => `http://origin:9000/${name}?signature=hush`
const PRICES = { '1': 16, '2': 16, '4': 28 }

type Customer = Awaited<ReturnType<TestGateway['customer']>>
type Quote = z.infer<typeof QuoteAnswer>

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
})
afterAll(async () => {
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

async function quote(customer: Customer, request: object = {}): Promise<Quote> {
  const { status, body } = await customer.post(QUOTE, { video_url: clip('ok.mp4'), ...request })
  expect(status).toBe(200)
  return body.data as unknown as Quote
}

const use = (customer: Customer, { quote_id, input }: Quote, more: object = {}) =>
  customer.post(UPSCALE, {
    video_url: input.video_url,
    upscale_factor: input.upscale_factor,
    quote_id,
    ...more,
  })

/** As if it had been made some minutes earlier. */
const age = async (quoteId: string, minutes: number) => {
  await sql`update gateway.quote set created_at = created_at - ${minutes} * interval '1 minute',
    expires_at = expires_at - ${minutes} * interval '1 minute'
    where quote_id = ${quoteId}`.execute(gateway.ctx.db)
}

/** As if it had been made so long ago that it is over in a moment; waits for that moment. */
async function almostOver(quoteId: string, madeMinutesAgo: number) {
  await sql`update gateway.quote set created_at = now() - ${madeMinutesAgo} * interval '1 minute',
    expires_at = now() + interval '700 ms' where quote_id = ${quoteId}`.execute(gateway.ctx.db)
  const over = sleep(800)
  return () => over
}

const ordersOf = async ({ accountId }: Customer): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::int from gateway.task_order
    where account_id = ${accountId}`.execute(gateway.ctx.db)
  return rows[0]?.count ?? 0
}
const handleOf = (id: string) => gateway.ctx.temporal.client.workflow.getHandle(id)

const stepsOf = async (id: string) => {
  const { events } = await handleOf(id).fetchHistory()
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name ?? [],
  )
}
const refusal = ({ status, body }: Answer) => {
  const { code, key, param } = body.error
  return { status, code, key, param }
}

describe('a quote', () => {
  test('says price, source, output and how long it holds; nothing is charged or started', async () => {
    const customer = await gateway.customer('asks')
    const before = Date.now()
    const answer = await customer.post(QUOTE, { video_url: clip('ok.mp4'), upscale_factor: '4' })
    expect(answer.status).toBe(200)
    const { quote_id, expires_at } = answer.body.data as unknown as Quote
    expect(answer.body).toEqual({
      success: true,
      data: {
        quote_id: expect.stringMatching(/^quote_[0-9A-Za-z]{24}$/),
        model,
        input: {
          video_url: clip('ok.mp4'),
          upscale_factor: '4',
          detected_duration: '8.5s',
          billed_seconds: 9,
          credits_per_second: 28,
        },
        credits: 252,
        affordable: true,
        source: {
          duration: 8.5,
          width: 1280,
          height: 720,
          fps: 30,
          frame_count: 255,
          codec: 'h264',
          container: 'mp4',
          bytes: 6_291_456,
          has_audio: true,
        },
        output: { width: 5120, height: 2880, codec: 'hevc' },
        eta_seconds: null,
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      },
    })
    const holdsFor = Date.parse(expires_at) - before
    expect(holdsFor).toBeGreaterThan(899_000)
    expect(holdsFor).toBeLessThan(903_000)
    expect(gateway.billing.balanceOf('asks:live')).toBe(1_000)
    expect(await ordersOf(customer)).toBe(0)
    expect(await stepsOf(quote_id)).toEqual(['probeVideo'])
  })

  test('of a size that H.264 can hold is H.264, at factor 2 where none is given', async () => {
    const customer = await gateway.customer('plain')
    const { input, credits, output } = await quote(customer)
    expect([input.upscale_factor, credits]).toEqual(['2', 144])
    expect(output).toEqual({ width: 2560, height: 1440, codec: 'h264' })
  })

  test('is read by an operator without the URL', async () => {
    const customer = await gateway.customer('seen')
    const { quote_id } = await quote(customer)
    const handle = handleOf(quote_id)
    const run = await handle.describe()
    expect(run.type).toBe('quoteVideo')
    expect(await run.staticSummary()).toBe('quote of 2x for seen:live')
    const details = await run.staticDetails()
    expect(details).toContain('source at `origin:9000`')
    expect(details).toMatch(/- request `req_\w+`$/)
    expect(JSON.stringify(await handle.fetchHistory())).not.toContain('hush')
  })

  test('does not ask for balance or daily quota', async () => {
    const customer = await gateway.customer('poor', { balance: 143, dailyTasks: 0 })
    expect((await quote(customer)).affordable).toBe(false)
    const rich = await gateway.customer('exact', { balance: 144 })
    expect((await quote(rich)).affordable).toBe(true)
  })

  test.each([
    ['MISSING_VIDEO_URL', 'missing_video_url', 400, 'video_url', {}],
    [
      'INVALID_UPSCALE_FACTOR',
      'invalid_upscale_factor',
      400,
      'upscale_factor',
      { video_url: clip('ok.mp4'), upscale_factor: 2 },
    ],
    [
      'PROBE_FAILED',
      'url_address_not_allowed',
      422,
      'video_url',
      { video_url: 'http://10.0.0.1/' },
    ],
    [
      'PROBE_FAILED',
      'url_invalid',
      422,
      'video_url',
      { video_url: `https://a.example/${'a'.repeat(2_048)}` },
    ],
    ['PROBE_FAILED', 'url_invalid', 422, 'video_url', { video_url: 'https://a.example/\0' }],
    ['PROBE_FAILED', 'source_http_status', 422, 'video_url', { video_url: clip('404.mp4') }],
    ['VIDEO_TOO_LONG', 'video_too_long', 422, 'video_url', { video_url: clip('too-long.mp4') }],
    ['OUTPUT_TOO_LARGE', 'output_too_large', 422, 'upscale_factor', { video_url: clip('big.mp4') }],
  ])('is refused as a create is: %s, %s', async (code, key, status, param, request) => {
    const customer = await gateway.customer('refused')
    const expected = { status, code, key, param }
    expect(refusal(await customer.post(QUOTE, request))).toEqual(expected)
    expect(refusal(await customer.post(UPSCALE, request))).toEqual(expected)
    const { rows } = await sql`select from gateway.quote where account_id = 'refused:live'`.execute(
      gateway.ctx.db,
    )
    expect(rows).toEqual([])
  })

  test('is not made while billing does not answer', async () => {
    const customer = await gateway.customer('waits')
    await quote(customer)
    gateway.billing.fail(true)
    const answer = await customer.post(QUOTE, { video_url: clip('ok.mp4') })
    gateway.billing.fail(false)
    expect(refusal(answer)).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' })
  })
})

describe('a create with a quote', () => {
  test('pays the quoted price, and does not read the video again', async () => {
    const customer = await gateway.customer('keeps')
    const quoted = await quote(customer)
    gateway.billing.reprice({ '1': 20, '2': 20, '4': 30 })
    const [first, second, plain] = [
      await use(customer, quoted),
      await use(customer, quoted, { max_credits: 144 }),
      await customer.post(UPSCALE, { video_url: clip('ok.mp4') }),
    ]
    gateway.billing.reprice(PRICES)
    for (const { status, body } of [first, second]) {
      expect(status).toBe(200)
      expect(body.data).toMatchObject({ creditsUsed: 144, input: quoted.input })
      expect(await stepsOf(body.data.id)).not.toContain('probeVideo')
    }
    expect(plain.body.data.creditsUsed).toBe(180)
    expect(gateway.billing.balanceOf('keeps:live')).toBe(1_000 - 144 - 144 - 180)
    const { rows } = await sql<{ quoteId: string | null }>`
      select quote_id from gateway.task_order where account_id = 'keeps:live'
      order by created_at`.execute(gateway.ctx.db)
    expect(rows.map(({ quoteId }) => quoteId)).toEqual([quoted.quote_id, quoted.quote_id, null])
  })

  test('over generate counts as well', async () => {
    const customer = await gateway.customer('generates')
    const { quote_id } = await quote(customer, { upscale_factor: '1' })
    const input = { video_url: clip('ok.mp4'), upscale_factor: '1', quote_id }
    const { status, body } = await customer.post(GENERATE, { model, input })
    expect([status, body.data.creditsUsed]).toEqual([200, 144])
    expect(await stepsOf(body.data.id)).not.toContain('probeVideo')
  })

  test('is refused for a quote that is missing, of somebody else, of another mode, over, or for other things', async () => {
    const customer = await gateway.customer('mine')
    const others = await quote(await gateway.customer('theirs'))
    const testing = await quote(await gateway.customer('mine', { livemode: false }))
    const own = await quote(customer)
    const over = await quote(customer)
    await age(over.quote_id, 16)
    const missing = { status: 404, code: 'QUOTE_NOT_FOUND', key: 'quote_not_found' }
    const mismatch = { status: 422, code: 'QUOTE_MISMATCH', key: 'quote_mismatch' }
    const expired = { status: 422, code: 'QUOTE_EXPIRED', key: 'quote_expired' }
    const param = 'quote_id'

    const unknown = { ...own, quote_id: `quote_${'0'.repeat(24)}` }
    expect(refusal(await use(customer, unknown))).toEqual({ ...missing, param })
    expect(refusal(await use(customer, { ...own, quote_id: 'x' }))).toEqual({ ...missing, param })
    const foreign = await use(customer, others)
    expect(refusal(foreign)).toEqual({ ...missing, param })
    expect(foreign.body.error.message).toBe('Quote not found')
    expect(refusal(await use(customer, testing))).toEqual({ ...missing, param })
    expect(refusal(await use(customer, over))).toEqual({ ...expired, param })
    const otherUrl = { video_url: clip('other.mp4') }
    expect(refusal(await use(customer, own, otherUrl))).toEqual({ ...mismatch, param })
    expect(refusal(await use(customer, own, { upscale_factor: '1' }))).toEqual({
      ...mismatch,
      param,
    })
    const input = { video_url: clip('ok.mp4'), quote_id: over.quote_id }
    const inInput = await customer.post(GENERATE, { model, input })
    expect(refusal(inInput)).toEqual({ ...expired, param: 'input.quote_id' })

    expect(await ordersOf(customer)).toBe(0)
    expect(gateway.billing.balanceOf('mine:live')).toBe(1_000)
    expect((await use(customer, own)).status).toBe(200)
  })

  test('still asks for max_credits and the balance', async () => {
    const customer = await gateway.customer('limits', { balance: 200 })
    const quoted = await quote(customer)
    expect(refusal(await use(customer, quoted, { max_credits: 143 }))).toEqual({
      status: 402,
      code: 'MAX_CREDITS_EXCEEDED',
      key: 'max_credits_exceeded',
      param: 'max_credits',
    })
    expect((await use(customer, quoted)).status).toBe(200)
    expect(refusal(await use(customer, quoted))).toMatchObject({
      status: 402,
      code: 'INSUFFICIENT_CREDITS',
    })
    expect(await ordersOf(customer)).toBe(1)
  })
})

describe('the same request again, with its key, after the quote has expired', () => {
  const key = { 'idempotency-key': 'k1' }
  const again = (customer: Customer, { quote_id }: Quote) =>
    customer.post(UPSCALE, { video_url: clip('ok.mp4'), quote_id }, key)

  /** What a gateway leaves that died before it started the job. */
  async function placeOnly(customer: Customer, { quote_id }: Quote): Promise<void> {
    const { ctx } = gateway
    const caller = await ctx.findCaller(customer.key)
    if (!caller) throw new Error('no caller')
    const order = parseUpscaleOrder({ video_url: clip('ok.mp4'), quote_id }, ctx.policy)
    await placeOrder(ctx, caller, order, {
      requestId: 'req_died' as RequestId,
      target: `POST ${UPSCALE}`,
      idempotencyKey: 'k1',
      showReplay: () => undefined,
      showUsed: () => undefined,
      showGivenBack: () => undefined,
    })
  }

  test('gives the same task', async () => {
    const customer = await gateway.customer('repeats')
    const quoted = await quote(customer)
    const first = await again(customer, quoted)
    await age(quoted.quote_id, 16)
    const second = await again(customer, quoted)
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
    expect(gateway.billing.balanceOf('repeats:live')).toBe(856)
  })

  test('starts at the quoted price what was placed in time', async () => {
    const customer = await gateway.customer('resumes')
    const quoted = await quote(customer)
    const over = await almostOver(quoted.quote_id, 30)
    await placeOnly(customer, quoted)
    await over()
    gateway.billing.reprice({ '1': 20, '2': 20, '4': 30 })
    const { status, body } = await again(customer, quoted)
    gateway.billing.reprice(PRICES)
    expect([status, body.data.creditsUsed]).toEqual([200, 144])
    expect(await stepsOf(body.data.id)).not.toContain('probeVideo')
  })

  test('is refused, as the first one is, where that came too late', async () => {
    const customer = await gateway.customer('too-late')
    const quoted = await quote(customer)
    await age(quoted.quote_id, 16)
    await placeOnly(customer, quoted)
    expect(refusal(await again(customer, quoted))).toMatchObject({
      status: 422,
      code: 'QUOTE_EXPIRED',
    })
    expect(await ordersOf(customer)).toBe(0)
  })

  test('is refused where billing holds the price no longer', async () => {
    const customer = await gateway.customer('late')
    const quoted = await quote(customer)
    const over = await almostOver(quoted.quote_id, 61)
    await placeOnly(customer, quoted)
    await over()
    expect(refusal(await again(customer, quoted))).toEqual({
      status: 422,
      code: 'QUOTE_EXPIRED',
      key: 'quote_expired',
      param: 'quote_id',
    })
    expect(await ordersOf(customer)).toBe(0)
    expect(gateway.billing.balanceOf('late:live')).toBe(1_000)
  })
})
