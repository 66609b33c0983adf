import { afterAll, describe, expect, test } from '@jest/globals'
import { readRawAnswer } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import type { Answer } from '../src/customer.ts'
import { rawRequest } from '../src/raw-request.ts'
import { holdingsOf } from '../src/refusal.ts'

const cast = await openCast({ name: 'abuser', plan: 'pro_monthly', credits: 100 })
const { stack, operator, us, key } = cast
const testing = await cast.openTest('abuser')
const [gateway = ''] = stack.gateways
const OK = 'https://magic.test/ok.mp4'
const URL_FIELD = '"video_url":"https://magic.test/404.mp4"'

afterAll(() => cast[Symbol.asyncDispose]())

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** Bytes as they are, where `fetch` would make text of them. */
async function postBytes(path: string, body: Buffer, headers: Record<string, string> = {}) {
  const url = `${stack.api}/api/v1${path}`
  const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers }
  const res = await cast.fetch(url, { method: 'POST', headers: all, body: new Uint8Array(body) })
  return { status: res.status, body: (await res.json()) as { error: { code: string } } }
}

const BODIES: [string, string, number, string][] = [
  [
    '15 000 arrays in each other, as a field that we ignore',
    `{${URL_FIELD},"x":${nested(15_000)}}`,
    422,
    'PROBE_FAILED',
  ],
  [
    '15 000 arrays as metadata',
    `{${URL_FIELD},"metadata":${nested(15_000)}}`,
    400,
    'INVALID_PARAMETER',
  ],
  ['15 000 arrays as the URL', `{"video_url":${nested(15_000)}}`, 400, 'MISSING_VIDEO_URL'],
  ['15 000 arrays as the whole', nested(15_000), 400, 'INVALID_JSON'],
  [
    '15 000 objects in each other',
    `{${URL_FIELD},"input":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    422,
    'PROBE_FAILED',
  ],
  ['NUL in the URL', '{"video_url":"https://cdn.example/\\u0000.mp4"}', 422, 'PROBE_FAILED'],
  ['NUL in metadata', `{${URL_FIELD},"metadata":{"a":"\\u0000"}}`, 400, 'INVALID_PARAMETER'],
  [
    'half a surrogate pair in metadata',
    `{${URL_FIELD},"metadata":{"a":"\\ud800"}}`,
    400,
    'INVALID_PARAMETER',
  ],
  [
    'half a surrogate pair in the URL',
    '{"video_url":"https://cdn.example/\\udc00.mp4"}',
    422,
    'PROBE_FAILED',
  ],
  ['NUL in the quote', `{${URL_FIELD},"quote_id":"quote_\\u0000"}`, 400, 'INVALID_PARAMETER'],
  [
    'NUL in the webhook URL',
    `{${URL_FIELD},"webhook_url":"https://a.example/\\u0000"}`,
    400,
    'INVALID_WEBHOOK_URL',
  ],
  ['an own __proto__', `{${URL_FIELD},"__proto__":{"upscale_factor":"9"}}`, 422, 'PROBE_FAILED'],
  [
    '__proto__ as a key of metadata',
    `{${URL_FIELD},"metadata":{"__proto__":"a"}}`,
    400,
    'INVALID_PARAMETER',
  ],
  [
    'constructor as a key of metadata',
    `{${URL_FIELD},"metadata":{"constructor":"a"}}`,
    400,
    'INVALID_PARAMETER',
  ],
  ['a number beyond all', `{${URL_FIELD},"max_credits":1e400}`, 400, 'INVALID_PARAMETER'],
  [
    'a number that no integer holds',
    `{${URL_FIELD},"max_credits":1e300}`,
    400,
    'INVALID_PARAMETER',
  ],
  ['the same key twice, the last one wins', `{"video_url":7,${URL_FIELD}}`, 422, 'PROBE_FAILED'],
  [
    'a URL of 30 000 characters',
    `{"video_url":"https://cdn.example/${'x'.repeat(30_000)}"}`,
    422,
    'PROBE_FAILED',
  ],
  [
    '21 keys of metadata',
    JSON.stringify({
      video_url: OK,
      metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, ''])),
    }),
    400,
    'INVALID_PARAMETER',
  ],
  ['a byte order mark', `\uFEFF{${URL_FIELD}}`, 422, 'PROBE_FAILED'],
  [
    '32 kB and one byte',
    `{${URL_FIELD},"x":"${'x'.repeat(32_769 - 52)}"}`.padEnd(32_769, ' '),
    413,
    'BODY_TOO_LARGE',
  ],
]

describe('a body that is meant to hurt', () => {
  test.each(BODIES)('%s', async (_what, body, status, code) => {
    const before = await holdingsOf(us)
    const answer = await us.upscale(body)
    expect([answer.status, answer.body.error?.code]).toEqual([status, code])
    expect(await holdingsOf(us)).toEqual(before)
  })

  test.each(['/generate', '/tools/upscale-video/quote', '/upload', '/webhooks/test'])(
    'POST %s takes none of them for more than a refusal',
    async (path) => {
      for (const [, body] of BODIES) {
        const answer = await us.post(path, body)
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
        expect(answer.body.success).toBe(false)
      }
    },
  )

  test('exactly 32 kB is taken', async () => {
    const body = `{${URL_FIELD}}`.padEnd(32_768, ' ')
    expect((await us.upscale(body)).body.error?.code).toBe('PROBE_FAILED')
  })

  test('bytes that are no UTF-8, a compressed body, other charsets', async () => {
    const path = '/tools/upscale-video'
    const broken = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])
    const json = Buffer.from(`{${URL_FIELD}}`)
    const said = [
      await postBytes(path, broken),
      await postBytes(path, json, { 'content-encoding': 'br' }),
      await postBytes(path, json, { 'content-type': 'text/plain; charset=utf-16' }),
      await postBytes(path, json, { 'content-type': 'image/png' }), // whatever it says, it is JSON
    ].map(({ status, body }) => [status, body.error.code])
    expect(said).toEqual([
      [400, 'INVALID_JSON'],
      [415, 'UNSUPPORTED_ENCODING'],
      [415, 'UNSUPPORTED_ENCODING'],
      [422, 'PROBE_FAILED'],
    ])
  })

  test('what is kept comes back untouched', async () => {
    const metadata = { 'ключ 🔑': '𝕏\u0001\u2028"\\', toString: 'own', '': '' }
    const { id } = await testing.order(OK, { metadata })
    expect((await testing.getTask(id)).metadata).toEqual(metadata)
  })
})

describe('a path or query that is meant to hurt', () => {
  test.each([
    ['/api/v1/tasks/%E0%A4%A', 404],
    ['/api/v1/tasks/%00', 404],
    ['/api/v1/tasks/..%2F..%2Fcredits', 404],
    ['/api/v1/tasks/__proto__', 404],
    ['/api/v1//credits', 404],
    ['/results/%2e%2e/%2e%2e/secrets.json', 404],
    ['/results/..%2f..%2fsecrets.json', 404],
    ['/uploads/%00.mp4', 404],
    ['/docs/%2e%2e%2f', 404],
    ['/api/v1/tasks?limit=1e400', 400],
    ['/api/v1/tasks?cursor=%00', 400],
    ['/api/v1/tasks?limit[]=1', 200],
    ['/api/v1/tasks?status=pending&status=failed', 400],
    ['/api/v1/webhooks/deliveries?task_id=%00', 400],
    ['/api/v1/credits/transactions?cursor=%00', 400],
    [`/api/v1/tasks?cursor=${'x'.repeat(15_000)}`, 400],
  ])('%s', async (path, status) => {
    const answer = await us.at('GET', path)
    expect(answer.status).toBe(status)
    expect(answer.body.success).toBe(status === 200)
  })
})

describe('bytes that are hardly HTTP', () => {
  const auth = `Authorization: Bearer ${key}`
  const post = `POST /api/v1/tools/upscale-video HTTP/1.1\r\nHost: a\r\n${auth}\r\n`

  /** The status, and the code of our envelope. */
  const read = (answer: string) => {
    const seen = readRawAnswer(answer)
    cast.check({ method: '', path: '', ...seen }) // no request that an operation has
    const { success, error } = JSON.parse(seen.body) as Answer['body']
    expect(seen.headers.get('request-id')).toMatch(/^req_/)
    return [seen.status, success, error?.code]
  }

  test.each([
    [
      'two lengths of a body',
      [`${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ],
    ['a URL of 17 kB', [`GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`]],
    [
      'a header of 17 kB',
      [`GET /api/v1/models HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`],
    ],
    ['no HTTP at all', ['\u0016\u0003\u0001hello\r\n\r\n']],
    ['no host', ['GET /api/v1/models HTTP/1.1\r\nConnection: close\r\n\r\n']],
    [
      'an expectation',
      ['GET /api/v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: a\r\n\r\n'],
    ],
  ])('%s', async (_what, pieces) => {
    expect(read(await rawRequest(gateway, pieces))).toEqual([400, false, 'INVALID_PARAMETER'])
  })

  test('headers and a body that never end are answered in time', async () => {
    const began = Date.now()
    const [headers, body] = await Promise.all([
      rawRequest(
        gateway,
        ['GET /api/v1/models HTTP/1.1\r\nHost: a\r\n', ...'X: slo'.split('')],
        500,
      ),
      rawRequest(gateway, [`${post}Content-Length: 100\r\n\r\n`, ...'{"video'.split('')], 500),
    ])
    expect(read(headers)).toEqual([400, false, 'INVALID_PARAMETER'])
    expect(read(body)).toEqual([400, false, 'INVALID_PARAMETER'])
    expect(Date.now() - began).toBeLessThan(50_000)
  })
})

test('a body on a GET is not read', async () => {
  const get = `GET /api/v1/credits HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n`
  const rest = 'Connection: close\r\nContent-Length: 8\r\n\r\n{"broken'
  const answer = readRawAnswer(await rawRequest(stack.api, [get + rest]))
  cast.check({ method: 'GET', path: '/api/v1/credits', ...answer })
  expect(answer.status).toBe(200)
})

test('after all that both gateways are the same processes, and small', async () => {
  for (const service of ['gateway', 'gateway-2']) {
    const { pid, bytes } = await operator.memoryOf(service)
    expect(pid).toBe(pids.get(service))
    expect(bytes).toBeLessThan(600 * 2 ** 20)
  }
})
const pids = new Map<string, number>()
for (const service of ['gateway', 'gateway-2'])
  pids.set(service, (await operator.memoryOf(service)).pid)
