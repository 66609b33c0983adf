import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Customer, HeaderMap } from '../src/customer.ts'
import { openHands } from '../src/kill-hands.ts'
import { lieAboutPictures } from '../src/lying-ffmpeg.ts'
import { until } from '../src/patiently.ts'
import { holdingsOf, refusalOf } from '../src/refusal.ts'

const GRANT = 5_000
const PRICE = 48 // 3 s at 2x
const MAGIC = 'https://magic.test'
const OK = `${MAGIC}/ok.mp4`
const WHY = { reason: 'a gift', actor: 'tests' }
const NO_TASK = 'task_000000000000000000000000'

const cast = await openCast({ name: 'mistaken', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us, withKey } = cast
const hands = openHands(stack)
const testing = await cast.openTest('mistaken')
const poor = await cast.open('mistaken-poor', 'pro_monthly', 20)
const nobody = await cast.open('mistaken-nobody', 'free', 0)
const crowd = await cast.openTest('mistaken-crowd')
const customers = [us, testing, poor]

let baseUrl: string
let doneId: string

beforeAll(async () => {
  const gift = { key: 'mistaken-gift', credits: PRICE, purpose: 'goodwill' } // no reason for access
  await operator.billing('/accounts/mistaken-nobody:live/grants', { ...gift, ...WHY })
  baseUrl = host.file(await clip('base.mp4'))
  const { id } = await testing.order(OK)
  doneId = (await testing.watch(id, hasEnded)).id
})
afterAll(() => cast[Symbol.asyncDispose]())

/** What everybody has; the one without access is told nothing, so that the ledger is asked. */
const holdings = () =>
  Promise.all([
    ...customers.map(holdingsOf),
    operator.billing('/accounts/mistaken-nobody:live/transactions'),
  ])

/** A request that is refused, and how. The code stands first: each must be here. */
interface Refused {
  code: string
  status: number
  message: string | RegExp
  more?: object
  send: () => Promise<Answer>
}

const withAuthorization = (authorization: string) =>
  withKey(null).call('GET', '/credits', { headers: { authorization } })
const upscale = (body: unknown, headers?: HeaderMap) => us.upscale(body, headers)
const source = async (url: string) => await us.upscale({ video_url: url })

/** A quote of ours, and a create with it. */
async function withQuote(change: (quoteId: string) => Promise<object>): Promise<Answer> {
  const { quote_id: id } = (await us.quote({ video_url: baseUrl })).body.data as {
    quote_id: string
  }
  return await upscale({ video_url: baseUrl, quote_id: id, ...(await change(id)) })
}

async function whileAway(service: string, work: () => Promise<Answer>): Promise<Answer> {
  await operator.kill(service, 'SIGSTOP')
  try {
    return await work()
  } finally {
    await operator.kill(service, 'SIGCONT')
  }
}

async function withBrokenStore(work: () => Promise<Answer>): Promise<Answer> {
  const giveBack = await hands.tangleFolder('objects', 'uploads')
  try {
    return await work()
  } finally {
    await giveBack()
  }
}

async function withFullQueue(work: () => Promise<Answer>): Promise<Answer> {
  const many = Array.from({ length: 20 }, () => crowd.order(`${MAGIC}/slow.mp4`))
  const tasks = await Promise.all(many)
  const before = await until('all of them are listed', async () => {
    const all = await holdingsOf(crowd)
    return all.tasks.length === tasks.length && all
  })
  const answer = await work()
  const after = await holdingsOf(crowd)
  await Promise.all(tasks.map(({ id }) => crowd.cancel(id)))
  expect(after).toEqual(before)
  return answer
}

const REFUSED: Refused[] = [
  {
    code: 'MISSING_AUTH_HEADER',
    status: 401,
    message: /^Authorization header is required/,
    more: { param: 'Authorization' },
    send: () => withKey(null).call('GET', '/credits'),
  },
  {
    code: 'INVALID_AUTH_FORMAT',
    status: 401,
    message: /^Authorization must be "Bearer <key>"/,
    send: () => withAuthorization('Token abc'),
  },
  {
    code: 'INVALID_KEY_FORMAT',
    status: 401,
    message: /^API keys start with "sk-"/,
    send: () => withAuthorization('Bearer abc'),
  },
  {
    code: 'INVALID_API_KEY',
    status: 401,
    message: 'Invalid or inactive API key',
    send: () => withAuthorization('Bearer sk-000000000000000000000000000000000000'),
  },
  {
    code: 'FORBIDDEN',
    status: 403,
    message: /^API access requires a paid plan or credit pack/,
    async send() {
      const answer = await nobody.upscale({ video_url: baseUrl })
      const found = operator.gateway('/internal/tasks?find=mistaken-nobody')
      await expect(found).rejects.toThrow('There is no task of mistaken-nobody:live')
      return answer
    },
  },
  ...['', '[]', '"text"', 'null', '{"video_url": '].map((body): Refused => ({
    code: 'INVALID_JSON',
    status: 400,
    message: 'Invalid JSON body',
    send: () => upscale(body),
  })),
  ...[{}, { model: '' }, { model: 7 }].map((body): Refused => ({
    code: 'MISSING_MODEL',
    status: 400,
    message: 'model is required',
    more: { param: 'model' },
    send: () => us.post('/generate', { input: { video_url: baseUrl }, ...body }),
  })),
  {
    code: 'INVALID_MODEL',
    status: 400,
    message: 'Unknown model "x". Available: topaz-video-upscale',
    more: { param: 'model' },
    send: () => us.post('/generate', { model: 'x', input: { video_url: baseUrl } }),
  },
  ...[{}, { video_url: '' }, { video_url: null }, { video_url: 7 }].map((body): Refused => ({
    code: 'MISSING_VIDEO_URL',
    status: 400,
    message: 'video_url is required',
    more: { param: 'video_url' },
    send: () => upscale(body),
  })),
  {
    code: 'MISSING_VIDEO_URL',
    status: 400,
    message: 'video_url is required',
    more: { param: 'input.video_url' },
    send: () => us.post('/generate', { model: 'topaz-video-upscale', video_url: baseUrl }),
  },
  ...[2, 0, null, '3', '', true].map((factor): Refused => ({
    code: 'INVALID_UPSCALE_FACTOR',
    status: 400,
    message: 'upscale_factor must be "1", "2" or "4"',
    more: { param: 'upscale_factor' },
    send: () => upscale({ video_url: baseUrl, upscale_factor: factor }),
  })),
  ...(
    [
      ['max_credits', { max_credits: 0 }],
      ['max_credits', { max_credits: '100' }],
      ['max_credits', { max_credits: 1.5 }],
      ['quote_id', { quote_id: 7 }],
      ['webhook_events', { webhook_events: ['task.started'] }],
      ['metadata', { metadata: { a: 1 } }],
      ['metadata', { metadata: { ['k'.repeat(41)]: '' } }],
      ['metadata', { metadata: { a: 'x'.repeat(501) } }],
      ['metadata', { metadata: [] }],
    ] as [string, object][]
  ).map(([param, options]): Refused => ({
    code: 'INVALID_PARAMETER',
    status: 400,
    message: new RegExp(`^${param} must `),
    more: { param },
    send: () => upscale({ video_url: baseUrl, ...options }),
  })),
  ...(['0', '101', 'ten'] as const).map((limit): Refused => ({
    code: 'INVALID_PARAMETER',
    status: 400,
    message: /^limit must be between 1 and 100/,
    more: { param: 'limit' },
    send: () => us.call('GET', `/tasks?limit=${limit}`),
  })),
  ...(
    [
      ['http://example.com/hook', 'url_scheme_not_allowed'],
      ['https://127.0.0.1/hook', 'url_address_not_allowed'],
      ['https://localhost/hook', 'url_host_not_allowed'],
      ['https://user:word@example.com/', 'url_credentials_not_allowed'],
      ['not a url', 'url_invalid'],
      [`https://example.com/${'x'.repeat(2048)}`, 'url_invalid'],
    ] as const
  ).map(([url, key]): Refused => ({
    code: 'INVALID_WEBHOOK_URL',
    status: 400,
    message: /^webhook_url must be a public https URL/,
    more: { param: 'webhook_url', key },
    send: () => upscale({ video_url: baseUrl, webhook_url: url }),
  })),
  ...['x'.repeat(256), 'two words', '"', 'ä'].map((key): Refused => ({
    code: 'INVALID_IDEMPOTENCY_KEY',
    status: 400,
    message: /^Idempotency-Key must be 1–255 visible characters/,
    more: { param: 'Idempotency-Key' },
    send: () => upscale({ video_url: baseUrl }, { 'idempotency-key': key }),
  })),
  {
    code: 'UNSUPPORTED_CONTENT_TYPE',
    status: 400,
    message: /^contentType must be video\/mp4, /,
    more: { param: 'contentType' },
    send: () => us.post('/upload', { contentType: 'image/png' }),
  },
  {
    code: 'FILE_TOO_LARGE',
    status: 400,
    message: 'File is 120.0 MB; max for video is 100 MB',
    more: { param: 'sizeBytes' },
    send: () => us.post('/upload', { contentType: 'video/mp4', sizeBytes: 125_829_120 }),
  },
  {
    code: 'INSUFFICIENT_CREDITS',
    status: 402,
    message: `Insufficient credits. Required: ${PRICE}, Available: 20`,
    send: () => poor.upscale({ video_url: baseUrl }),
  },
  {
    code: 'MAX_CREDITS_EXCEEDED',
    status: 402,
    message: `Price is ${PRICE} credits, max_credits is 47`,
    more: { param: 'max_credits' },
    send: () => upscale({ video_url: baseUrl, max_credits: 47 }),
  },
  ...[NO_TASK, 'x', '%20'].map((id): Refused => ({
    code: 'TASK_NOT_FOUND',
    status: 404,
    message: 'Task not found',
    send: () => us.call('GET', `/tasks/${id}`),
  })),
  {
    code: 'QUOTE_NOT_FOUND',
    status: 404,
    message: /^Quote not found/,
    more: { param: 'quote_id' },
    send: () => upscale({ video_url: baseUrl, quote_id: 'quote_000000000000000000000000' }),
  },
  {
    code: 'DELIVERY_NOT_FOUND',
    status: 404,
    message: /^Delivery not found/,
    send: () => us.call('GET', '/webhooks/deliveries/whd_000000000000000000000000'),
  },
  {
    code: 'NO_RESULT',
    status: 404,
    message: /^The result has expired/,
    send: () => us.at('GET', '/results/nothing/upscaled.mp4'),
  },
  {
    code: 'NOT_FOUND',
    status: 404,
    message: 'No such endpoint: GET /api/v1/x',
    send: () => us.call('GET', '/x'),
  },
  ...['/tools/upscale-image', '/tools/upscale-video/', '/Tools/upscale-video'].map(
    (path): Refused => ({
      code: 'NOT_FOUND',
      status: 404,
      message: `No such endpoint: POST /api/v1${path}`,
      send: () => us.post(path, {}),
    }),
  ),
  {
    code: 'METHOD_NOT_ALLOWED',
    status: 405,
    message: 'Use POST',
    send: () => us.call('GET', '/tools/upscale-video'),
  },
  {
    code: 'TASK_NOT_CANCELABLE',
    status: 409,
    message: 'Task is already completed',
    send: () => testing.cancel(doneId),
  },
  {
    code: 'BODY_TOO_LARGE',
    status: 413,
    message: 'Body exceeds 32 kB',
    send: () => upscale({ video_url: 'x'.repeat(32_768) }),
  },
  {
    code: 'UNSUPPORTED_ENCODING',
    status: 415,
    message: 'Send plain UTF-8 JSON',
    more: { param: 'Content-Encoding' },
    send: () => upscale({ video_url: baseUrl }, { 'content-encoding': 'gzip' }),
  },
  {
    code: 'UNSUPPORTED_ENCODING',
    status: 415,
    message: 'Send plain UTF-8 JSON',
    more: { param: 'Content-Type' },
    send: () =>
      upscale({ video_url: baseUrl }, { 'content-type': 'application/json; charset=latin1' }),
  },
  {
    code: 'PROBE_FAILED',
    status: 422,
    message: /^Could not read video duration from URL: .*404/,
    more: { key: 'source_http_status', param: 'video_url', retryable: true },
    send: () => source(host.missing()),
  },
  {
    code: 'PROBE_FAILED',
    status: 422,
    message: /^Could not read video duration from URL: /,
    more: { key: 'url_host_not_allowed', retryable: false }, // a live key
    send: () => source(OK),
  },
  {
    code: 'UNSUPPORTED_VIDEO',
    status: 422,
    message: 'webm is not supported. Use MP4, MOV or MKV',
    more: { key: 'format_not_supported', param: 'video_url' },
    send: async () => await source(host.file(await clip('v.webm'), { name: 'clip.mp4' })),
  },
  {
    code: 'SOURCE_TOO_LARGE',
    status: 422,
    message: /^Source is over 1 GiB/,
    more: { param: 'video_url' },
    send: () => source(host.claiming(1_073_741_825)),
  },
  {
    code: 'VIDEO_TOO_LONG',
    status: 422,
    message: 'Video is 60.04s long. Maximum is 60s',
    more: { details: { duration: 60.04 }, param: 'video_url' },
    send: async () => await source(host.file(await clip('over.mp4'))),
  },
  {
    code: 'OUTPUT_TOO_LARGE',
    status: 422,
    message: '4x of 2560×1440 exceeds 8192 px. Largest factor is 2',
    more: { details: { max_factor: '2' } },
    send: async () =>
      await upscale({ video_url: host.file(await clip('big.mp4')), upscale_factor: '4' }),
  },
  {
    code: 'QUOTE_EXPIRED',
    status: 422,
    message: /^Quote has expired/,
    more: { param: 'quote_id' },
    send: () =>
      withQuote(async (id) => {
        await operator.quoteGrewOld(id)
        return {}
      }),
  },
  ...[{ upscale_factor: '4' }, { video_url: 'https://cdn.example/other.mp4' }].map(
    (other): Refused => ({
      code: 'QUOTE_MISMATCH',
      status: 422,
      message: /^Quote is for another video_url or upscale_factor/,
      more: { param: 'quote_id' },
      send: () => withQuote(async () => other),
    }),
  ),
  {
    code: 'RATE_LIMITED',
    status: 429,
    message: /^Rate limit exceeded\. Limit: 20 open tasks\. /,
    more: { key: 'queue_full', retryable: true },
    send: () => withFullQueue(() => crowd.upscale({ video_url: OK })),
  },
  {
    code: 'INTERNAL_ERROR',
    status: 500,
    message: /^Internal error\. Quote request id req_\w+$/,
    more: { retryable: true },
    send: () => testing.upscale({ video_url: `${MAGIC}/error.mp4` }),
  },
  {
    code: 'UPSTREAM_ERROR',
    status: 502,
    message: /^Storage is not reachable/,
    more: { retryable: true },
    send: () => withBrokenStore(() => us.post('/upload', { contentType: 'video/mp4' })),
  },
  {
    code: 'SERVICE_UNAVAILABLE',
    status: 503,
    message: 'Try again in 5 s',
    more: { retryable: true },
    send: () => whileAway('billing', () => us.call('GET', '/credits/transactions')),
  },
]

describe('a request that is refused', () => {
  test.each(REFUSED.map((refused, place) => [`${refused.code} ${place}`, refused] as const))(
    '%s: its status, code and words, and nothing has moved',
    async (_name, { code, status, message, more, send }) => {
      const before = await holdings()
      const answer = await send()
      expect(refusalOf(answer)).toMatchObject({ status, success: false, code })
      if (typeof message === 'string') expect(answer.body.error?.message).toBe(message)
      else expect(answer.body.error?.message).toMatch(message)
      const requestId = answer.headers.get('request-id')
      expect(answer.body.error).toMatchObject({
        retryable: false,
        refunded_credits: 0,
        request_id: requestId,
        doc_url: `${stack.api}/docs/errors#${code}`,
        ...more,
      })
      expect(requestId).toMatch(/^req_\w+$/)
      expect(await holdings()).toEqual(before)
    },
  )

  test('says by headers what a client does next', async () => {
    const missing = await withKey(null).call('GET', '/credits')
    expect(missing.headers.get('www-authenticate')).toBe('Bearer')
    const wrong = await us.call('DELETE', '/tools/upscale-video')
    expect(wrong.headers.get('allow')).toBe('POST')
    const away = await whileAway('billing', () => us.call('GET', '/credits/transactions'))
    expect(away.headers.get('retry-after')).toBe('5')
  })
})

describe('a key that was used with another request', () => {
  test('IDEMPOTENCY_KEY_REUSED: one task stands, and nothing else has moved', async () => {
    const key = { 'idempotency-key': 'mistaken-1' }
    const { id } = await testing.order(OK, {}, key)
    await testing.watch(id, hasEnded)
    const before = await holdingsOf(testing)
    const answer = await testing.upscale({ video_url: OK, upscale_factor: '4' }, key)
    expect(refusalOf(answer)).toEqual({
      status: 422,
      success: false,
      code: 'IDEMPOTENCY_KEY_REUSED',
      key: 'idempotency_key_reused',
      message: expect.stringMatching(/^Idempotency-Key was used with another request/),
    })
    expect(answer.body.error?.param).toBe('Idempotency-Key')
    expect(await holdingsOf(testing)).toEqual(before)
  })
})

/** A job that was paid and fails. */
interface Failed {
  code: string
  message: RegExp
  key?: string
  retryable: boolean
  who: Customer
  /** The job, and what is mended when it is over. */
  begin: () => Promise<{ id: string; mend?: () => Promise<void> }>
}

const FAILED: Failed[] = [
  {
    code: 'GENERATION_FAILED',
    message: /^The upscale failed/,
    retryable: true,
    who: testing,
    begin: () => testing.order(`${MAGIC}/fails-processing.mp4`),
  },
  {
    code: 'UPSCALER_TIMEOUT',
    message: /^The upscaler did not answer in time$/,
    retryable: true,
    who: testing,
    begin: () => testing.order(`${MAGIC}/upscaler-timeout.mp4`),
  },
  {
    code: 'TASK_CANCELED',
    message: /^Canceled by the customer/,
    retryable: false,
    who: us,
    async begin() {
      const held = host.gated(await clip('base.mp4'), 'fetch')
      const task = await us.order(held.url)
      await us.cancel(task.id)
      held.open()
      return task
    },
  },
  {
    code: 'SOURCE_UNAVAILABLE',
    message: /^The video could no longer be downloaded/,
    key: 'source_http_status',
    retryable: true,
    who: us,
    begin: async () => await us.order(host.probedOnly(await clip('base.mp4'))),
  },
  {
    code: 'SOURCE_CHANGED',
    message: /^The video changed after it was priced/,
    retryable: false,
    who: us,
    begin: async () => await us.order(host.swap(await clip('base.mp4'), await clip('mute.mp4'))),
  },
  {
    code: 'SOURCE_UNREADABLE',
    message: /^The video could not be decoded/,
    retryable: false,
    who: us,
    begin: async () => await us.order(host.file(await clip('broken.mp4'))),
  },
  {
    code: 'OUTPUT_INVALID',
    message: /^The result failed verification: it has 20 of 90 pictures/,
    retryable: true,
    who: us,
    async begin() {
      const mend = await lieAboutPictures(stack.state)
      return { ...(await us.order(baseUrl)), mend }
    },
  },
  {
    code: 'UPSCALER_UNAVAILABLE', // with a test key nobody waits for an operator
    message: /^The upscaler cannot use its work folder$/,
    retryable: true,
    who: testing,
    async begin() {
      const mend = await hands.takeFolder('work')
      return { ...(await testing.order(baseUrl)), mend }
    },
  },
]

describe('a job that fails after it was paid', () => {
  test.each(FAILED.map((failed) => [failed.code, failed] as const))(
    '%s: it says why, and every credit is back',
    async (code, { message, key, retryable, who, begin }) => {
      const before = await who.credits()
      const { id, mend } = await begin()
      await who.watch(id, hasEnded)
      await mend?.()
      const task = await who.getTask(id)
      const price = task.creditsUsed
      expect(task).toMatchObject({
        status: code === 'TASK_CANCELED' ? 'canceled' : 'failed',
        result: null,
        output: null,
        error: { code, retryable, refunded_credits: price, ...(key && { key }) },
        cost: { credits: price, refunded_credits: price, net_credits: 0 },
      })
      expect(task.error?.message).toMatch(message)
      expect(task.cost.transactions.map(({ type, amount }) => [type, amount])).toEqual([
        ['debit', -price],
        ['refund', price],
      ])
      expect(price).toBeGreaterThan(0)
      expect(await who.credits()).toBe(before)
    },
  )
})

test('every code of the document is produced here, but for the one that is reserved and the one of Topaz', async () => {
  const document = (await (await fetch(`${stack.api}/openapi.json`)).json()) as {
    components: { schemas: { ErrorCode: { enum: string[] } } }
  }
  const codes = document.components.schemas.ErrorCode.enum
  const produced = [...REFUSED, ...FAILED].map(({ code }) => code)
  const all = [...produced, 'IDEMPOTENCY_KEY_REUSED', 'MISSING_PROMPT', 'UPSCALER_REJECTED']
  expect(codes.toSorted()).toEqual([...new Set(all)].toSorted())
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
