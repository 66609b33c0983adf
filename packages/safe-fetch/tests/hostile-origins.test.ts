import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { MAX_SOURCE_BYTES } from '@upscale/types'
import { download, openRanges, type SafeFetchPolicy } from '../src/index.ts'
import {
  allowing,
  failureOf,
  startOrigin,
  startHangUp,
  startRawOrigin,
  type Origin,
} from './origin.ts'

const TIMES = { resolveMs: 500, connectMs: 1_000, headersMs: 500, timeMs: 2_000 }

/** Both ways to read a source. */
const READERS: Record<string, (url: string, policy: SafeFetchPolicy) => Promise<string>> = {
  openRanges: (url, policy) =>
    failureOf(async () => {
      await using reader = await openRanges(url, policy, TIMES)
      await reader.read(0, 128 * 1024)
    }),
  download: async (url, policy) => {
    const folder = await mkdtemp(join(tmpdir(), 'safe-fetch-'))
    try {
      const target = { path: join(folder, 'source'), maxBytes: MAX_SOURCE_BYTES, deadlineMs: 2_000 }
      const failure = await failureOf(() =>
        download(url, policy, target, { ...TIMES, attempts: 1, pace: PACE }),
      )
      expect(await readdir(folder)).toEqual([]) // a failed download leaves nothing
      return failure
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}
const PACE = { idleMs: 5_000, graceMs: 300, bytesPerSecond: 50_000 }

const headThen = (head: string, body = '') => `HTTP/1.1 ${head}\r\n\r\n${body}`
const sendRaw = (text: string) => (socket: Socket) => void socket.end(text)

/** Writes again and again until the connection is dropped. */
const flood = (first: string, again: string) => (socket: Socket) => {
  socket.write(first)
  const timer = setInterval(() => socket.write(again.repeat(1_000)), 1)
  socket.once('close', () => clearInterval(timer))
}

const RAW: [string, (socket: Socket) => void, string][] = [
  ['bytes that are not HTTP', sendRaw('SSH-2.0-OpenSSH_9.2p1\r\n'), 'source_bad_response'],
  ['HTTP/0.9', sendRaw('<html>hello</html>'), 'source_bad_response'],
  ['no byte', (socket) => void socket.end(), 'source_unreachable'],
  ['a reset', (socket) => void socket.resetAndDestroy(), 'source_unreachable'],
  ['half a head', sendRaw('HTTP/1.1 200 OK\r\nContent-Le'), 'source_unreachable'],
  [
    'an upgrade',
    sendRaw(headThen('101 X\r\nConnection: upgrade\r\nUpgrade: x')),
    'source_bad_response',
  ],
  [
    'Content-Length with Transfer-Encoding',
    sendRaw(
      headThen(
        '200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked',
        '3\r\nabc\r\n0\r\n\r\n',
      ),
    ),
    'source_bad_response',
  ],
  [
    'Content-Length twice',
    sendRaw(headThen('200 OK\r\nContent-Length: 3\r\nContent-Length: 3', 'abc')),
    'source_bad_response',
  ],
  [
    'a coding below the body',
    sendRaw(headThen('200 OK\r\nTransfer-Encoding: gzip', 'abc')),
    'source_bad_response',
  ],
  [
    'Content-Length -1',
    sendRaw(headThen('200 OK\r\nContent-Length: -1', 'a')),
    'source_bad_response',
  ],
  [
    'Content-Length 0x3',
    sendRaw(headThen('200 OK\r\nContent-Length: 0x3', 'abc')),
    'source_bad_response',
  ],
  [
    'a broken chunk',
    sendRaw(headThen('200 OK\r\nTransfer-Encoding: chunked', 'xyz\r\nabc\r\n')),
    'source_bad_response',
  ],
  [
    'endless headers',
    flood('HTTP/1.1 200 OK\r\n', 'X-Filler: 0123456789\r\n'),
    'source_bad_response',
  ],
  [
    'a 103 flood',
    flood('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    'source_bad_response',
  ],
  ['silence', () => {}, 'source_timeout'],
  [
    'a 103 now and then',
    (socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20)
      socket.once('close', () => clearInterval(timer))
    },
    'source_timeout',
  ],
  [
    'a head byte by byte',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ')
      const timer = setInterval(() => socket.write('y'), 20)
      socket.once('close', () => clearInterval(timer))
    },
    'source_timeout',
  ],
  [
    'a body shorter than Content-Length',
    sendRaw(headThen('200 OK\r\nContent-Length: 10', 'abc')),
    'source_truncated',
  ],
  [
    'a body reset before its end',
    (socket) => {
      socket.write(headThen('200 OK\r\nContent-Length: 100000', 'abc'))
      setTimeout(() => socket.resetAndDestroy(), 50)
    },
    'source_truncated',
  ],
  [
    'chunks without an end',
    sendRaw(headThen('200 OK\r\nTransfer-Encoding: chunked', '3\r\nabc\r\n')),
    'source_truncated',
  ],
  [
    'Content-Length over 1 GiB',
    sendRaw(headThen(`200 OK\r\nContent-Length: ${MAX_SOURCE_BYTES + 1}`)),
    'SOURCE_TOO_LARGE',
  ],
]

const answerWith =
  (status: number, headers: Record<string, string | string[]> = {}, body = '') =>
  (res: ServerResponse) =>
    void res.writeHead(status, headers).end(body)

const HTTP: [string, (res: ServerResponse) => void, string][] = [
  ['404', answerWith(404, {}, 'no'), 'source_http_status'],
  ['401', answerWith(401), 'source_http_status'],
  ['500', answerWith(500), 'source_http_status'],
  ['204', answerWith(204), 'source_http_status'],
  ['304', answerWith(304), 'source_http_status'],
  ['300 with Location', answerWith(300, { location: '/b' }), 'source_http_status'],
  ['gzip', answerWith(200, { 'content-encoding': 'gzip' }, 'x'), 'source_bad_response'],
  [
    'two encodings',
    answerWith(200, { 'content-encoding': ['br', 'br'] }, 'x'),
    'source_bad_response',
  ],
  ['302 without Location', answerWith(302), 'bad_redirect'],
  ['302 with two Locations', answerWith(302, { location: ['/a', '/b'] }), 'bad_redirect'],
  ['302 to no URL', answerWith(302, { location: 'http://[::' }), 'bad_redirect'],
  ['302 to file:', answerWith(302, { location: 'file:///etc/passwd' }), 'url_scheme_not_allowed'],
  ['302 to data:', answerWith(302, { location: 'data:,x' }), 'url_scheme_not_allowed'],
  [
    '302 with credentials',
    answerWith(302, { location: 'http://a:b@example.com/' }),
    'url_credentials_not_allowed',
  ],
  [
    '302 to another port',
    answerWith(302, { location: 'http://example.com:22/' }),
    'url_port_not_allowed',
  ],
  [
    '302 to loopback',
    answerWith(302, { location: 'http://127.0.0.1/' }),
    'url_address_not_allowed',
  ],
  [
    '302 to a decimal address',
    answerWith(302, { location: '//2130706433/' }),
    'url_address_not_allowed',
  ],
  [
    '302 to metadata',
    answerWith(302, { location: 'http://169.254.169.254/' }),
    'url_address_not_allowed',
  ],
  [
    '302 to a mapped address',
    answerWith(302, { location: 'http://[::ffff:10.0.0.1]/' }),
    'url_address_not_allowed',
  ],
  ['302 to localhost', answerWith(302, { location: 'http://localhost/' }), 'url_host_not_allowed'],
  ['302 to itself', answerWith(302, { location: '/again' }), 'too_many_redirects'],
]

describe.each(Object.entries(READERS))('%s', (_name, read) => {
  const readFrom = async (starting: Promise<Origin>) => {
    await using origin = await starting
    return await read(origin.url, allowing(origin))
  }

  test.each(RAW)('%s', async (_case, answer, key) => {
    const since = performance.now()
    expect(await readFrom(startRawOrigin(answer))).toBe(key)
    expect(performance.now() - since).toBeLessThan(TIMES.timeMs) // its own rule ended it
  })

  test.each(HTTP)('%s', async (_case, answer, key) => {
    expect(await readFrom(startOrigin((_req, res) => answer(res)))).toBe(key)
  })

  test('a drip of one byte now and then', async () => {
    const drip = (socket: Socket) => {
      socket.write(headThen('200 OK\r\nContent-Length: 100000'))
      const timer = setInterval(() => socket.write('x'), 20)
      socket.once('close', () => clearInterval(timer))
    }
    const key = await readFrom(startRawOrigin(drip))
    expect(key).toBe(_name === 'download' ? 'source_too_slow' : 'source_timeout')
  })

  test('a server that hangs up at once', async () => {
    const server = await startHangUp()
    expect(await readFrom(Promise.resolve(server))).toBe('source_unreachable')
    expect(server.connections()).toBeLessThan(3)
  })

  test('a closed port looks like one that never answers', async () => {
    const origin = await startOrigin(() => {})
    await origin[Symbol.asyncDispose]()
    expect(await read(origin.url, allowing(origin))).toBe('source_unreachable')
  })

  test('follows three redirects and no fourth', async () => {
    const redirecting = (hops: number) =>
      startOrigin((req, res) => {
        const hop = Number(req.url?.split('/').at(-1)) || 0
        if (hop < hops) res.writeHead(307, { location: `/hop/${hop + 1}` }).end()
        else res.writeHead(200, { 'content-length': 5 }).end('video')
      })
    expect(await readFrom(redirecting(4))).toBe('too_many_redirects')
    await using origin = await redirecting(3)
    const opened = await openRanges(origin.url, allowing(origin), TIMES)
    expect(opened.cost().requests).toBe(4)
    await opened[Symbol.asyncDispose]()
  })

  test('no second server sees a request that the first one may not redirect to', async () => {
    await using inner = await startOrigin((_req, res) => void res.end('secret'))
    await using outer = await startOrigin((_req, res) => {
      res.writeHead(302, { location: inner.url }).end()
    })
    expect(await read(outer.url, allowing(outer))).toBe('url_port_not_allowed')
    expect(inner.connections()).toBe(0)
  })
})

test('a flood of chunk extensions ends by its raw bytes', async () => {
  const extension = `;${'x'.repeat(200)}`
  await using origin = await startRawOrigin(
    flood(
      headThen(
        '206 Partial Content\r\nContent-Range: bytes 0-65535/65536\r\nTransfer-Encoding: chunked',
      ),
      `1${extension}\r\nx\r\n`,
    ),
  )
  expect(await READERS['openRanges']?.(origin.url, allowing(origin))).toBe('source_bad_response')
})

test("the caller's reason leaves as it is", async () => {
  await using origin = await startOrigin(() => {})
  const stop = new AbortController()
  const opening = openRanges(origin.url, allowing(origin), {}, stop.signal)
  const reason = new Error('canceled')
  setTimeout(() => stop.abort(reason), 50)
  await expect(opening).rejects.toBe(reason)
})

test('asks for no compression, tells who asks, and has no body, cookie or credentials', async () => {
  let seen: unknown
  await using origin = await startOrigin((req, res) => {
    seen = { method: req.method, url: req.url, headers: req.headers }
    res.end('x')
  })
  const url = `http://${origin.pair}/A%2fb;c?X-Sig=a+b%20c%2B&&x=#part`
  await (await openRanges(url, allowing(origin)))[Symbol.asyncDispose]()
  expect(seen).toEqual({
    method: 'GET',
    url: '/A%2fb;c?X-Sig=a+b%20c%2B&&x=',
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
      host: origin.pair,
      range: 'bytes=0-65535',
      'user-agent': 'upscale',
    },
  })
})

test('takes no proxy from the environment', async () => {
  await using proxy = await startOrigin((_req, res) => void res.end('proxied'))
  await using origin = await startOrigin((_req, res) => void res.end('direct'))
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY']
  const before = names.map((name) => process.env[name])
  for (const name of names) process.env[name] = `http://${proxy.pair}`
  process.env['NODE_USE_ENV_PROXY'] = '1'
  try {
    await using reader = await openRanges(origin.url, allowing(origin))
    expect(Buffer.from(await reader.read(0, 99)).toString()).toBe('direct')
    expect(proxy.connections()).toBe(0)
  } finally {
    delete process.env['NODE_USE_ENV_PROXY']
    names.forEach((name, at) => {
      const value = before[at]
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    })
  }
})
