import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { download, type DownloadLimits, type DownloadTarget } from '../src/index.ts'
import {
  allowing,
  failureOf,
  makeFile,
  startOrigin,
  startRawOrigin,
  type Origin,
} from './origin.ts'

const folder = await mkdtemp(join(tmpdir(), 'safe-fetch-'))
afterAll(() => rm(folder, { recursive: true }))

const path = join(folder, 'source')
const fetchFrom = (
  origin: Origin,
  target: Partial<DownloadTarget> = {},
  limits: Partial<DownloadLimits> = {},
) =>
  download(
    origin.url,
    allowing(origin),
    { path, maxBytes: 1_000_000, ...target },
    { retryMs: 10, headersMs: 500, ...limits },
  )

const file = makeFile(300_000)
const whole = (): Promise<Origin> =>
  startOrigin(
    (_req, res) =>
      void res.writeHead(200, { etag: 'W/"7"', 'content-length': file.length }).end(file),
  )

test('brings the whole file under its name, with its hash', async () => {
  await using origin = await whole()
  const progress: [number, number | undefined][] = []
  const got = await fetchFrom(origin, {
    expectBytes: 300_000,
    onProgress: (bytes, total) => progress.push([bytes, total]),
  })
  expect(got).toEqual({
    bytes: 300_000,
    sha256: createHash('sha256').update(file).digest('hex'),
    validator: 'W/"7"',
  })
  expect(new Uint8Array(await readFile(path))).toEqual(file)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['source'])
  expect(progress.at(-1)).toEqual([300_000, 300_000])
  expect(origin.ranges).toEqual([undefined])
})

test('replaces what an earlier attempt left', async () => {
  await using origin = await startOrigin((_req, res) => void res.end('new'))
  await fetchFrom(origin)
  expect(await readFile(path, 'utf8')).toBe('new')
})

/** Fails as told on each of the first requests, then sends the file. */
async function startFlaky(...failures: ((res: ServerResponse) => void)[]) {
  let requests = 0
  const origin = await startOrigin((_req, res) => {
    const failure = failures[requests++]
    if (failure) failure(res)
    else res.writeHead(200, { 'content-length': file.length }).end(file)
  })
  return { ...origin, requests: () => requests }
}

const cut = (res: ServerResponse) => {
  res.writeHead(200, { 'content-length': file.length }).write(file.subarray(0, 100_000))
  setTimeout(() => res.destroy(), 30)
}
const reset = (res: ServerResponse) => void res.socket?.resetAndDestroy()
const status = (code: number) => (res: ServerResponse) => void res.writeHead(code).end()

test('tries three times what the network or a busy server broke', async () => {
  await using flaky = await startFlaky(cut, reset)
  expect((await fetchFrom(flaky)).bytes).toBe(300_000)
  expect(flaky.requests()).toBe(3)
  await using busy = await startFlaky(status(503), status(429))
  expect((await fetchFrom(busy)).sha256).toBe(createHash('sha256').update(file).digest('hex'))
})

test.each([
  ['a cut', cut, 'source_truncated', 3],
  ['a reset', reset, 'source_unreachable', 3],
  ['silence', () => {}, 'source_timeout', 3],
  ['502', status(502), 'source_http_status', 3],
  ['404', status(404), 'source_http_status', 1],
  ['206', status(206), 'source_http_status', 1],
])('%s for ever: %s', async (_case, failure, key, attempts) => {
  await using origin = await startFlaky(failure, failure, failure, failure)
  expect(await failureOf(() => fetchFrom(origin, {}, { headersMs: 100 }))).toBe(key)
  expect(origin.requests()).toBe(attempts)
  expect(await readdir(folder)).toEqual(['source'])
})

test.each([
  ['too large by its header', { maxBytes: 299_999 }, true, 'SOURCE_TOO_LARGE'],
  ['too large by its bytes', { maxBytes: 299_999 }, false, 'SOURCE_TOO_LARGE'],
  ['another size by its header', { expectBytes: 300_001 }, true, 'SOURCE_CHANGED'],
  ['longer than priced', { expectBytes: 299_999 }, false, 'SOURCE_CHANGED'],
  ['shorter than priced', { expectBytes: 300_001 }, false, 'SOURCE_CHANGED'],
  ['just as large as allowed', { maxBytes: 300_000, expectBytes: 300_000 }, false, 'fine'],
])('a file %s', async (_case, target, withLength, code) => {
  await using origin = await startOrigin((_req, res) => {
    res.writeHead(200, withLength ? { 'content-length': file.length } : {}).end(file)
  })
  expect(await failureOf(() => fetchFrom(origin, target))).toBe(code)
  expect(origin.connections()).toBe(1)
})

test('a body that ends with its connection counts as cut when it is too short', async () => {
  await using origin = await startRawOrigin(
    (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nabc'),
  )
  expect(await failureOf(() => fetchFrom(origin, { expectBytes: 4 }))).toBe('source_truncated')
  expect((await fetchFrom(origin, { expectBytes: 3 })).bytes).toBe(3)
})

test('an idle server is tried again, all within one deadline', async () => {
  const idle = (res: ServerResponse) => {
    res.writeHead(200, { 'content-length': file.length }).write('x')
  }
  const pace = { idleMs: 150, graceMs: 10_000, bytesPerSecond: 50_000 }
  await using once = await startFlaky(idle)
  expect((await fetchFrom(once, {}, { pace })).bytes).toBe(300_000)
  expect(once.requests()).toBe(2)

  await using endless = await startFlaky(idle, idle, idle)
  const failure = await failureOf(() => fetchFrom(endless, { deadlineMs: 300 }, { pace }))
  expect(failure).toBe('source_timeout')
  expect(endless.requests()).toBeLessThan(3)
})

test("a cancel leaves with the signal's reason, and no part", async () => {
  await using origin = await startOrigin((_req, res) => void res.writeHead(200).write('abc'))
  const stop = new AbortController()
  const reason = new Error('canceled')
  const fetching = fetchFrom(origin, {
    signal: stop.signal,
    onProgress: () => stop.abort(reason),
  })
  await expect(fetching).rejects.toBe(reason)
  expect(await readdir(folder)).toEqual(['source'])
})

test('a disk that refuses is no fault of the source', async () => {
  await using origin = await whole()
  await expect(
    fetchFrom(origin, { path: join(folder, 'missing', 'source') }),
  ).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
