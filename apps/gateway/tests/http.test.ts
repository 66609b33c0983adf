import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readRawAnswer } from '@upscale/testing'
import { newApiKey } from '../src/accounts/api-key.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import { eventually } from './eventually.ts'
import type { ErrorView } from '../src/tasks/error-view.ts'
import type { Answer, TestGateway } from './test-gateway.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const GENERATE = '/api/v1/generate'
const TASK = '/api/v1/tasks/task_abcdefghijklmnopqrstuvwx'
const REQUEST_ID = /^req_[0-9A-Za-z]{24}$/

let gateway: TestGateway
let customer: Awaited<ReturnType<TestGateway['customer']>>
beforeAll(async () => {
  gateway = await testGateway() // no worker: nothing here may start a job
  customer = await gateway.customer('acme')
})
afterAll(() => gateway[Symbol.asyncDispose]())

type Refusal = Partial<Omit<ErrorView, 'code'>> & { code: string }

/** The whole envelope of a refusal. */
function expectRefusal(answer: Answer, status: number, error: Refusal): void {
  expect(answer).toMatchObject({ status, body: { success: false, error } })
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.body.error.request_id).toMatch(REQUEST_ID)
  expect(answer.headers.get('request-id')).toBe(answer.body.error.request_id)
  expect(answer.body.error.doc_url).toBe(`http://127.0.0.1:1/docs/errors#${error.code}`)
}

describe('authentication', () => {
  test.each([
    ['no header', undefined, 'MISSING_AUTH_HEADER', 'Authorization header is required'],
    ['an empty one', '', 'MISSING_AUTH_HEADER', 'Authorization header is required'],
    ['another scheme', 'Basic abc', 'INVALID_AUTH_FORMAT', 'Authorization must be "Bearer <key>"'],
    [
      'the bare key',
      newApiKey(true),
      'INVALID_AUTH_FORMAT',
      'Authorization must be "Bearer <key>"',
    ],
    ['no key', 'Bearer', 'INVALID_AUTH_FORMAT', 'Authorization must be "Bearer <key>"'],
    ['another key', 'Bearer pk-1', 'INVALID_KEY_FORMAT', 'API keys start with "sk-"'],
    ['a mistyped key', 'Bearer sk-1', 'INVALID_API_KEY', 'Invalid or inactive API key'],
    [
      'an unknown key',
      `bearer ${newApiKey(true)}`,
      'INVALID_API_KEY',
      'Invalid or inactive API key',
    ],
    [
      'an unknown test key',
      `Bearer ${newApiKey(false)}`,
      'INVALID_API_KEY',
      'Invalid or inactive API key',
    ],
  ])('%s is refused', async (_name, authorization, code, message) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    const answer = await gateway.call('/api/v1/credits', { headers })
    expectRefusal(answer, 401, {
      code,
      message,
      key: code.toLowerCase(),
      param: 'Authorization',
      retryable: false,
      refunded_credits: 0,
    })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('an expired key is refused like an unknown one', async () => {
    const { get, keyId } = await gateway.customer('expired')
    await gateway.ctx.db
      .updateTable('gateway.apiKey')
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where('id', '=', keyId)
      .execute()
    expectRefusal(await get('/api/v1/credits'), 401, { code: 'INVALID_API_KEY' })
  })

  test('comes before everything else', async () => {
    const answer = await gateway.call(UPSCALE, { method: 'POST', body: 'no json' })
    expectRefusal(answer, 401, { code: 'MISSING_AUTH_HEADER' })
  })

  test('a live account without plan and pack has no access, a test account has', async () => {
    const live = await gateway.customer('free', { apiAccess: false })
    const message = 'API access requires a paid plan or credit pack'
    expectRefusal(await live.post(UPSCALE, 'no json'), 403, { code: 'FORBIDDEN', message })
    expectRefusal(await live.get('/api/v1/credits'), 403, { code: 'FORBIDDEN', message })
    const trial = await gateway.customer('free', { apiAccess: false, livemode: false })
    expect(await trial.get('/api/v1/credits')).toMatchObject({ status: 200 })
    gateway.billing.open('free:live', 5, true)
    expect((await live.get('/api/v1/credits')).body).toEqual({
      success: true,
      data: { credits: 5 },
    })
  })
})

describe('keys', () => {
  const operator = { authorization: 'Bearer gateway-secret' }
  const internal = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(gateway.internalOrigin + path, init)
    return { status: response.status, body: await response.json() }
  }

  test('a key is made, used, listed without its text, and revoked within 5 s', async () => {
    gateway.billing.open('keyed:live', 7)
    const request = { customerId: 'keyed', name: 'first', livemode: true, ...BECAUSE }
    const made = await internal('/internal/keys', {
      method: 'POST',
      headers: operator,
      body: JSON.stringify(request),
    })
    const { key, id } = made.body as { key: string; id: string }
    expect(made.status).toBe(201)
    expect(key).toMatch(/^sk-[0-9A-Za-z]{36}$/)
    const use = () =>
      gateway.call('/api/v1/credits', { headers: { authorization: `Bearer ${key}` } })
    expect((await use()).status).toBe(200)

    const list = () => internal('/internal/keys?customerId=keyed', { headers: operator })
    const isUsed = ({ body }: Awaited<ReturnType<typeof list>>) =>
      JSON.stringify(body).includes('"lastUsedAt":"')
    const listed = await eventually(list, isUsed) // nobody waits until it is noted
    expect(listed.body).toEqual({
      items: [
        {
          id,
          name: 'first',
          shown: `sk-…${key.slice(-4)}`,
          livemode: true,
          createdAt: expect.any(String),
          lastUsedAt: expect.any(String),
          expiresAt: null,
          revokedAt: null,
        },
      ],
      nextCursor: null,
    })
    const revoked = await internal(`/internal/keys/${id}/revoke`, {
      method: 'POST',
      headers: operator,
      body: JSON.stringify(BECAUSE),
    })
    expect(revoked.body).toMatchObject({ id, revokedAt: expect.any(String) })
    const until = Date.now() + 5_000
    let answer = await use()
    while (answer.status === 200 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      answer = await use()
    }
    expectRefusal(answer, 401, { code: 'INVALID_API_KEY' })
  })

  test('the operators need their secret and a sane request', async () => {
    expect((await internal('/internal/keys?customerId=x')).status).toBe(401)
    const wrong = { authorization: 'Bearer gateway-secre' }
    expect((await internal('/internal/keys?customerId=x', { headers: wrong })).status).toBe(401)
    const bad = {
      method: 'POST',
      headers: operator,
      body: '{"customerId":"a b","name":"n","livemode":true}',
    }
    expect(await internal('/internal/keys', bad)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_PARAMETER', param: 'customerId' } },
    })
    const revoke = { method: 'POST', headers: operator, body: JSON.stringify(BECAUSE) }
    expect((await internal('/internal/keys/key_none/revoke', revoke)).status).toBe(404)
  })

  test('no key lies in the database', async () => {
    const rows = await gateway.ctx.db.selectFrom('gateway.apiKey').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(customer.key.slice(3, 33))
  })
})

describe('routes', () => {
  test.each([
    '/',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v1/task',
    '/api/v1/credits/',
    '/API/v1/credits',
  ])('there is no %s', async (path) => {
    const answer = await gateway.call(`${path}?a=1`)
    expectRefusal(answer, 404, { code: 'NOT_FOUND', message: `No such endpoint: GET ${path}` })
  })

  test.each([
    ['GET', UPSCALE, 'POST', 'Use POST'],
    ['GET', GENERATE, 'POST', 'Use POST'],
    ['POST', '/api/v1/credits', 'GET, HEAD', 'Use GET'],
    ['PATCH', TASK, 'GET, HEAD, DELETE', 'Use GET or DELETE'],
    ['OPTIONS', TASK, 'GET, HEAD, DELETE', 'Use GET or DELETE'],
    ['PUT', '/results/x', 'GET, HEAD', 'Use GET'],
  ])('%s %s is not allowed', async (method, path, allow, message) => {
    const answer = await gateway.call(path, { method })
    expectRefusal(answer, 405, { code: 'METHOD_NOT_ALLOWED', message })
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test('a path that cannot be decoded is none', async () => {
    const message = 'No such endpoint: GET /api/v1/tasks/%E0%A4%A'
    expectRefusal(await customer.get('/api/v1/tasks/%E0%A4%A'), 404, { code: 'NOT_FOUND', message })
    expectRefusal(await gateway.call('/results/%E0%A4%A'), 404, { code: 'NOT_FOUND' })
  })

  test('the headers of every answer', async () => {
    const { headers } = await customer.get('/api/v1/credits')
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      vary: 'Authorization, Accept',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-site',
      'x-content-type-options': 'nosniff',
      'request-id': expect.stringMatching(REQUEST_ID),
      'x-ratelimit-limit': '500',
      'x-ratelimit-remaining': '500',
    })
    for (const absent of ['x-powered-by', 'etag', 'strict-transport-security']) {
      expect(headers.has(absent)).toBe(false)
    }
  })

  test('a GET may carry a content type and no body', async () => {
    const answer = await customer.get('/api/v1/credits', { 'content-type': 'application/json' })
    expect(answer.body).toEqual({ success: true, data: { credits: 1_000 } })
  })
})

describe('models', () => {
  test('are public and priced by billing', async () => {
    const answer = await gateway.call('/api/v1/models?type=video')
    expect(answer.status).toBe(200)
    expect(answer.body.data.models).toEqual([
      {
        id: 'topaz-video-upscale',
        name: expect.any(String),
        type: 'video',
        description: expect.any(String),
        endpoint: '/tools/upscale-video',
        credits: { unit: 'second', by_factor: { '1': 16, '2': 16, '4': 28 } },
        price_per_second_usd: {
          pro_yearly: { '1': '0.096', '2': '0.096', '4': '0.168' },
          pro_monthly: { '1': '0.192', '2': '0.192', '4': '0.336' },
        },
        limits: {
          max_duration_seconds: 60,
          formats: ['mp4', 'mov', 'mkv'],
          max_source_bytes: 1_073_741_824,
          max_output_side: 8192,
        },
      },
    ])
  })

  test('of other kinds there are none', async () => {
    for (const type of ['image', 'music']) {
      const { body } = await gateway.call(`/api/v1/models?type=${type}`)
      expect(body).toEqual({ success: true, data: { models: [] } })
    }
    expect((await gateway.call('/api/v1/models')).body.data.models).toHaveLength(1)
  })

  test('come whatever the key is', async () => {
    for (const authorization of [
      `Bearer ${customer.key}`,
      `Bearer ${newApiKey(true)}`,
      'nonsense',
    ]) {
      const headers = { authorization, 'content-type': 'application/json' }
      const answer = await gateway.call('/api/v1/models', { headers })
      expect(answer).toMatchObject({ status: 200, body: { data: { models: [{ type: 'video' }] } } })
    }
  })
})

describe('problem details', () => {
  test('come when they are preferred', async () => {
    const accept = { accept: 'application/problem+json' }
    const answer = await customer.post(`${UPSCALE}?secret=1`, {}, accept)
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.headers.get('vary')).toBe('Authorization, Accept')
    const url = 'http://127.0.0.1:1/docs/errors#MISSING_VIDEO_URL'
    expect(answer.body).toEqual({
      type: url,
      title: 'Missing video url',
      status: 400,
      detail: 'video_url is required',
      instance: UPSCALE,
      code: 'MISSING_VIDEO_URL',
      key: 'missing_video_url',
      message: 'video_url is required',
      param: 'video_url',
      retryable: false,
      refunded_credits: 0,
      doc_url: url,
      request_id: answer.headers.get('request-id'),
    })
  })

  test('not in a tie', async () => {
    const accept = { accept: 'application/json, application/problem+json' }
    expectRefusal(await customer.post(UPSCALE, {}, accept), 400, { code: 'MISSING_VIDEO_URL' })
  })
})

describe('bodies', () => {
  const deep = (open: string, close: string) => open.repeat(15_000) + close.repeat(15_000)
  const url = '"video_url":"https://127.0.0.1/a.mp4"'

  test.each<[string, string | Uint8Array, number, string]>([
    ['empty', '', 400, 'INVALID_JSON'],
    ['broken', '{"video_url":', 400, 'INVALID_JSON'],
    ['a list', '[]', 400, 'INVALID_JSON'],
    ['a text', '"x"', 400, 'INVALID_JSON'],
    ['null', 'null', 400, 'INVALID_JSON'],
    ['bad UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'INVALID_JSON'],
    ['deep', deep('[', ']'), 400, 'INVALID_JSON'],
    ['deep in a field', `{"video_url":${deep('[', ']')}}`, 400, 'MISSING_VIDEO_URL'],
    ['deep in an unknown field', `{"x":${deep('[', ']')}}`, 400, 'MISSING_VIDEO_URL'],
    ['deep in metadata', `{${url},"metadata":{"a":${deep('[', ']')}}}`, 400, 'INVALID_PARAMETER'],
    ['NUL in the URL', '{"video_url":"https://a.example/\\u0000"}', 422, 'PROBE_FAILED'],
    [
      'half a surrogate in the URL',
      '{"video_url":"https://a.example/\\ud800"}',
      422,
      'PROBE_FAILED',
    ],
    ['NUL in metadata', `{${url},"metadata":{"a":"\\u0000"}}`, 400, 'INVALID_PARAMETER'],
    ['an infinite number', `{${url},"max_credits":1e400}`, 400, 'INVALID_PARAMETER'],
    ['__proto__', `{"__proto__":{${url}}}`, 400, 'MISSING_VIDEO_URL'],
    ['__proto__ in metadata', `{${url},"metadata":{"__proto__":"x"}}`, 400, 'INVALID_PARAMETER'],
    ['duplicate keys, the last wins', `{${url},"video_url":""}`, 400, 'MISSING_VIDEO_URL'],
    ['one byte too long', `{"x":"${'x'.repeat(32_768 - 8 + 1)}"}`, 413, 'BODY_TOO_LARGE'],
    ['exactly 32 kB', `{"x":"${'x'.repeat(32_768 - 8)}"}`, 400, 'MISSING_VIDEO_URL'],
  ])('%s', async (_name, body, status, code) => {
    expectRefusal(await customer.post(UPSCALE, body), status, { code })
  })

  test('any content type is JSON, another charset or an encoding is not', async () => {
    const post = (headers: Record<string, string>, body: string | Uint8Array = '{}') =>
      customer.post(UPSCALE, body, headers)
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset="UTF-8"',
    ]) {
      expectRefusal(await post({ 'content-type': type }), 400, { code: 'MISSING_VIDEO_URL' })
    }
    const latin = { 'content-type': 'application/json; charset=latin1' }
    expectRefusal(await post(latin), 415, { code: 'UNSUPPORTED_ENCODING', param: 'Content-Type' })
    const zipped = await post({ 'content-encoding': 'gzip' }, gzipSync('{}'))
    expectRefusal(zipped, 415, { code: 'UNSUPPORTED_ENCODING', param: 'Content-Encoding' })
  })
})

describe('an operation that reads no body', () => {
  const cancel = (body: string | Uint8Array, headers = {}) =>
    customer.post('/api/v1/tasks/task_0000000000000000/cancel', body, headers)

  test.each(['', '{}', 'x'.repeat(32_768)])('takes any small one', async (body) => {
    expectRefusal(await cancel(body), 404, { code: 'TASK_NOT_FOUND' })
  })

  test('refuses a large one, and one that is packed', async () => {
    expectRefusal(await cancel('x'.repeat(32_769)), 413, { code: 'BODY_TOO_LARGE' })
    const zipped = await cancel(gzipSync('{}'), { 'content-encoding': 'gzip' })
    expectRefusal(zipped, 415, { code: 'UNSUPPORTED_ENCODING', param: 'Content-Encoding' })
  })
})

describe('the order of checks', () => {
  test.each([
    ['model', GENERATE, {}, 400, 'MISSING_MODEL', 'model'],
    ['a known model', GENERATE, { model: 'x' }, 400, 'INVALID_MODEL', 'model'],
    [
      'input.video_url',
      GENERATE,
      { model: 'topaz-video-upscale', video_url: 'https://a.example/' },
      400,
      'MISSING_VIDEO_URL',
      'input.video_url',
    ],
    [
      'factor',
      UPSCALE,
      { video_url: 'ftp://x', upscale_factor: 2, max_credits: 0 },
      400,
      'INVALID_UPSCALE_FACTOR',
      'upscale_factor',
    ],
    [
      'options',
      UPSCALE,
      { video_url: 'ftp://x', max_credits: 0 },
      400,
      'INVALID_PARAMETER',
      'max_credits',
    ],
    ['the URL', UPSCALE, { video_url: 'ftp://x' }, 422, 'PROBE_FAILED', 'video_url'],
  ])('%s', async (_name, path, body, status, code, param) => {
    expectRefusal(await customer.post(path, body), status, { code, param })
  })

  test.each([
    ['https://a.example:8443/', 'url_port_not_allowed'],
    ['https://u:p@a.example/', 'url_credentials_not_allowed'],
    ['http://127.0.0.1/a.mp4', 'url_address_not_allowed'],
    ['http://origin:9001/a.mp4', 'url_port_not_allowed'],
    ['https://localhost/a.mp4', 'url_host_not_allowed'],
    ['https://magic.test/ok.mp4', 'url_host_not_allowed'],
    ['not a url', 'url_invalid'],
    [`https://a.example/${'a'.repeat(2_048)}`, 'url_invalid'],
  ])('%s is refused by its text: %s', async (video_url, key) => {
    const answer = await customer.post(UPSCALE, { video_url })
    expectRefusal(answer, 422, { code: 'PROBE_FAILED', key, param: 'video_url', retryable: false })
    expect(answer.body.error.message).toMatch(/^Could not read video duration from URL: /)
  })

  test('a refusal leaves no order', async () => {
    const orders = await gateway.ctx.db.selectFrom('gateway.taskOrder').selectAll().execute()
    expect(orders).toEqual([])
  })
})

describe('tasks', () => {
  test.each(['task_abcdefghijklmnopqrstuvwx', 'task_short', 'x', `task_${'a'.repeat(41)}`, '%00'])(
    'there is no %s',
    async (id) => {
      const answer = await customer.get(`/api/v1/tasks/${id}`)
      expectRefusal(answer, 404, { code: 'TASK_NOT_FOUND', message: 'Task not found', param: null })
    },
  )
})

/** What bytes as they are get: an answer that is held against the operation, or none. */
async function answerTo(text: string, operation = NO_REQUEST) {
  const answer = readRawAnswer(await send(text))
  gateway.check({ ...operation, ...answer })
  return { ...answer, error: (JSON.parse(answer.body) as Answer['body']).error }
}
const NO_REQUEST = { method: '', path: '' }
const MODELS = { method: 'GET', path: '/api/v1/models' }

/** Sends bytes as they are; the whole answer. */
const send = (text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (data) => (answer += String(data)))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

describe('bytes that are no request', () => {
  test.each([
    ['not HTTP', 'hello\r\n\r\n'],
    ['headers of 17 kB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
    ],
  ])('%s gets the envelope', async (_name, text) => {
    const { status, headers, error } = await answerTo(text)
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER', message: 'Malformed HTTP request' })
    expect(headers.get('request-id')).toBe(error.request_id)
  })
})

test('a connection that a client opened for later is closed without a word', async () => {
  expect(await send('')).toBe('') // an answer would be taken for that of the first request
}, 20_000)

describe('requests that Node would refuse with an empty answer', () => {
  test.each([
    ['no Host', 'GET /api/v1/models HTTP/1.1\r\nConnection: close\r\n\r\n', 'Host'],
    [
      'an unknown Expect',
      'GET /api/v1/models HTTP/1.1\r\nHost: a\r\nExpect: x\r\nConnection: close\r\n\r\n',
      'Expect',
    ],
  ])('%s gets the envelope', async (_name, text, param) => {
    const { status, headers, error } = await answerTo(text, MODELS)
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER', param })
    expect(headers.get('request-id')).toBe(error.request_id)
  })

  test('HTTP/1.0 has no Host', async () => {
    const { status } = await answerTo('GET /api/v1/models?type=image HTTP/1.0\r\n\r\n', MODELS)
    expect(status).toBe(200)
  })
})

describe('a crash', () => {
  test('is answered with nothing but the request id', async () => {
    const { ctx } = gateway
    const { listTasks } = ctx
    ctx.listTasks = () => Promise.reject(new RangeError('secret of ours'))
    const answer = await customer.get('/api/v1/tasks')
    const accept = { accept: 'application/problem+json' }
    const problem = await customer.get('/api/v1/tasks', accept)
    ctx.listTasks = listTasks
    const message = `Internal error. Quote request id ${answer.headers.get('request-id')}`
    expectRefusal(answer, 500, { code: 'INTERNAL_ERROR', message, retryable: true, param: null })
    expect(answer.text).not.toContain('secret')
    expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(problem.body).toMatchObject({ status: 500, title: 'Internal error' })
  })
})

describe('while billing does not answer', () => {
  afterAll(() => {
    gateway.billing.fail(false)
  })

  test('creates wait for it, reads go on', async () => {
    const other = await gateway.customer('during-outage')
    gateway.billing.fail(true)
    const answer = await other.post(UPSCALE, {})
    expectRefusal(answer, 503, { code: 'SERVICE_UNAVAILABLE', retryable: true })
    expect(answer.headers.get('retry-after')).toBe('5')
    expectRefusal(await other.get(TASK), 404, { code: 'TASK_NOT_FOUND' })
    expectRefusal(await other.get('/api/v1/credits'), 503, { code: 'SERVICE_UNAVAILABLE' })
  })
})

describe('health', () => {
  test('is on the internal port alone', async () => {
    const live = await fetch(`${gateway.internalOrigin}/livez`)
    expect(await live.json()).toEqual({ live: 'ok' })
    const ready = await fetch(`${gateway.internalOrigin}/readyz`)
    expect(await ready.json()).toEqual({ database: 'ok', temporal: 'ok' })
    const metrics = await (await fetch(`${gateway.internalOrigin}/metrics`)).text()
    expect(metrics).toContain(
      'upscale_gateway_request_seconds_count{method="POST",route="/api/v1/generate",status="400"}',
    )
    expect((await gateway.call('/livez')).status).toBe(404)
  })
})
