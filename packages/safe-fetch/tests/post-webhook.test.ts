import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, jest, test } from '@jest/globals'
import { postWebhook, type SafeFetchPolicy } from '../src/index.ts'
import {
  allowing,
  failureOf,
  resolving,
  startHangUp,
  startOrigin,
  startRawOrigin,
  type Origin,
} from './origin.ts'

const TIMES = { resolveMs: 300, connectMs: 500, timeMs: 600 }
const MESSAGE = { headers: { 'webhook-id': 'msg_1' }, body: '{"a":"é"}' }

const post = (url: string, policy: SafeFetchPolicy) => postWebhook(url, MESSAGE, policy, TIMES)
const failure = (url: string, policy: SafeFetchPolicy) => failureOf(() => post(url, policy))

/** What comes of a post to an origin that answers as told. */
async function answerOf(answer: (res: ServerResponse) => void) {
  await using origin = await startOrigin((req, res) => {
    req.resume().once('end', () => answer(res))
  })
  return await post(origin.url, allowing(origin))
}

test('sends the very bytes, and tells what was answered', async () => {
  let seen: unknown
  await using origin = await startOrigin((req, res) => {
    const body: Buffer[] = []
    req
      .on('data', (chunk: Buffer) => body.push(chunk))
      .once('end', () => {
        seen = {
          method: req.method,
          url: req.url,
          headers: req.headers,
          body: String(Buffer.concat(body)),
        }
        res.writeHead(201).end('thanks')
      })
  })
  const url = `http://${origin.pair}/in%2f;c?token=a+b#part`
  const answer = await post(url, allowing(origin))
  expect(answer).toEqual({
    statusCode: 201,
    snippet: 'thanks',
    retryAfterSeconds: undefined,
    durationMs: expect.any(Number),
  })
  expect(seen).toEqual({
    method: 'POST',
    url: '/in%2f;c?token=a+b',
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
      'content-length': '10',
      host: origin.pair,
      'user-agent': 'upscale',
      'webhook-id': 'msg_1',
    },
    body: MESSAGE.body,
  })
})

test('a receiver has 10 s where nothing else is said', async () => {
  const asked = Promise.withResolvers<void>()
  await using origin = await startOrigin(() => asked.resolve())
  jest.useFakeTimers({ doNotFake: ['nextTick', 'performance', 'queueMicrotask', 'setImmediate'] })
  try {
    let failed: string | undefined
    const failing = failureOf(() => postWebhook(origin.url, MESSAGE, allowing(origin))).then(
      (key) => (failed = key),
    )
    await asked.promise
    await jest.advanceTimersByTimeAsync(9_999)
    expect(failed).toBeUndefined()
    await jest.advanceTimersByTimeAsync(1)
    expect(await failing).toBe('source_timeout')
  } finally {
    jest.useRealTimers()
  }
})

describe('an answer', () => {
  test('keeps its first kB of readable text', async () => {
    const { snippet } = await answerOf((res) => res.end(`a\0\u001b[31mb\r\n${'é'.repeat(1_000)}`))
    expect(snippet).toMatch(/^a \[31mb é+$/)
    expect(snippet?.length).toBe(8 + 507)
  })

  test('without a body has no snippet', async () => {
    expect(await answerOf((res) => res.writeHead(204).end())).toMatchObject({
      statusCode: 204,
      snippet: null,
    })
  })

  test('is not inflated', async () => {
    const bomb = gzipSync('a'.repeat(1_000_000))
    const answer = await answerOf((res) => {
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    })
    expect(answer).toMatchObject({ statusCode: 200, snippet: null })
  })

  test('that redirects is not followed', async () => {
    await using inner = await startOrigin((_req, res) => void res.end('secret'))
    const answer = await answerOf((res) => res.writeHead(307, { location: inner.url }).end('there'))
    expect(answer).toMatchObject({ statusCode: 307, snippet: 'there' })
    expect(inner.connections()).toBe(0)
  })

  test('may say when to come again', async () => {
    const answer = await answerOf((res) => res.writeHead(503, { 'retry-after': '90' }).end())
    expect(answer).toMatchObject({ statusCode: 503, retryAfterSeconds: 90 })
  })

  test('that never ends is cut off at 64 kB', async () => {
    let sent = 0
    await using origin = await startOrigin((_req, res) => {
      const more = () => {
        sent += 16_384
        if (res.write('x'.repeat(16_384))) setImmediate(more)
        else res.once('drain', more)
      }
      more()
    })
    expect(await post(origin.url, allowing(origin))).toMatchObject({ statusCode: 200 })
    expect(sent).toBeLessThan(16 * 1024 * 1024) // what the system's own buffers took
  })
})

const sendRaw = (text: string) => (socket: Socket) => void socket.end(text)
const every = (ms: number, text: string, first: string) => (socket: Socket) => {
  socket.write(first)
  const timer = setInterval(() => socket.write(text), ms)
  socket.once('close', () => clearInterval(timer))
}

const HOSTILE: [string, () => Promise<Origin>, string][] = [
  ['silence', () => startRawOrigin(() => {}), 'source_timeout'],
  [
    'a drip of one byte now and then',
    () => startRawOrigin(every(20, 'x', 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')),
    'source_timeout',
  ],
  [
    'a 103 now and then',
    () => startRawOrigin(every(20, 'HTTP/1.1 103 Early Hints\r\n\r\n', '')),
    'source_timeout',
  ],
  [
    'endless headers',
    () => startRawOrigin(every(1, 'X-Filler: 0123456789\r\n'.repeat(1_000), 'HTTP/1.1 200 OK\r\n')),
    'source_bad_response',
  ],
  [
    'a flood of chunk extensions',
    () =>
      startRawOrigin(
        every(
          1,
          `1;${'x'.repeat(200)}\r\nx\r\n`.repeat(100),
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
        ),
      ),
    'source_bad_response',
  ],
  [
    'bytes that are not HTTP',
    () => startRawOrigin(sendRaw('SSH-2.0-x\r\n')),
    'source_bad_response',
  ],
  [
    'half a body',
    () => startRawOrigin(sendRaw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')),
    'source_truncated',
  ],
  ['a hang-up', startHangUp, 'source_unreachable'],
]

test.each(HOSTILE)('%s', async (_name, start, key) => {
  await using origin = await start()
  const since = performance.now()
  expect(await failure(origin.url, allowing(origin))).toBe(key)
  expect(performance.now() - since).toBeLessThan(TIMES.timeMs + 1_000)
})

test.each([
  ['10.0.0.1'],
  ['127.0.0.1'],
  ['169.254.169.254'],
  ['::ffff:127.0.0.1'],
  ['fd00:ec2::254'],
])('a name at %s is refused at the connection', async (address) => {
  const policy = resolving(async () => ['1.1.1.1', address])
  expect(await failure('https://hooks.example.com/in', policy)).toBe('url_address_not_allowed')
})

test('a name is asked for at every post: one that moves to a private address is refused', async () => {
  await using origin = await startOrigin((_req, res) => void res.end('ok'))
  const answers = [['127.0.0.1'], ['169.254.169.254']]
  const pair = `hooks.example.com:${origin.port}`
  const policy = resolving(async () => answers.shift() ?? [], pair)
  expect(await post(`http://${pair}/`, policy)).toMatchObject({ statusCode: 200 })
  expect(await failure(`http://${pair}/`, policy)).toBe('url_address_not_allowed')
  expect(origin.connections()).toBe(1)
})

test('without the allow-list nothing private is even dialled', async () => {
  await using origin = await startOrigin((_req, res) => void res.end('ok'))
  expect(await failure(origin.url, allowing())).toBe('INVALID_WEBHOOK_URL')
  expect(await failure('https://127.0.0.1/in', allowing())).toBe('INVALID_WEBHOOK_URL')
  expect(origin.connections()).toBe(0)
})

test("the caller's reason leaves as it is", async () => {
  await using origin = await startOrigin(() => {})
  const stop = new AbortController()
  const reason = new Error('stopped')
  setTimeout(() => stop.abort(reason), 50)
  const message = { ...MESSAGE, signal: stop.signal }
  await expect(postWebhook(origin.url, message, allowing(origin), TIMES)).rejects.toBe(reason)
})
