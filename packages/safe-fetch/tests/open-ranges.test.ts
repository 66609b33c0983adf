import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { MAX_SOURCE_BYTES } from '@upscale/types'
import { openRanges, type RangeLimits } from '../src/index.ts'
import {
  allowing,
  failureOf,
  makeFile,
  startOrigin,
  startRangeOrigin,
  type Origin,
} from './origin.ts'

const KIB = 1024
const MIB = 1024 * KIB
const open = (origin: Origin, limits: Partial<RangeLimits> = {}) =>
  openRanges(origin.url, allowing(origin), { timeMs: 5_000, ...limits })

describe('a server with ranges', () => {
  test('sends each byte once', async () => {
    const file = makeFile(300_000)
    await using origin = await startRangeOrigin(file)
    await using reader = await open(origin)
    expect([reader.size, reader.validator]).toEqual([300_000, '"v1"'])
    expect(await reader.read(0, 1_000)).toEqual(file.slice(0, 1_000))
    expect(await reader.read(65_000, 1_000)).toEqual(file.slice(65_000, 66_000))
    expect(await reader.read(299_000, 5_000)).toEqual(file.slice(299_000))
    expect(await reader.read(299_500, 100)).toEqual(file.slice(299_500, 299_600))
    expect(await reader.read(300_000, 10)).toEqual(new Uint8Array(0))
    expect(origin.ranges).toEqual(['bytes=0-65535', 'bytes=65536-65999', 'bytes=299000-299999'])
    expect(reader.cost()).toMatchObject({ bytes: 65_536 + 464 + 1_000, requests: 3 })
  })

  test('may hold a file shorter than the first read, or an empty one', async () => {
    await using short = await startRangeOrigin(makeFile(10))
    await using shortReader = await open(short)
    expect([shortReader.size, await shortReader.read(2, 99)]).toEqual([10, makeFile(10).slice(2)])
    await using empty = await startRangeOrigin(makeFile(0))
    await using emptyReader = await open(empty)
    expect([emptyReader.size, await emptyReader.read(0, 99)]).toEqual([0, new Uint8Array(0)])
    expect(empty.ranges).toHaveLength(1)
  })

  test('may not know the size of its file', async () => {
    const file = makeFile(100_000)
    await using origin = await startOrigin((req, res) => {
      const [first = 0, last = 0] = (req.headers.range ?? '').match(/\d+/g)?.map(Number) ?? []
      const end = Math.min(last + 1, file.length)
      if (first >= file.length) res.writeHead(416).end()
      else {
        res.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/*` })
        res.end(file.subarray(first, end))
      }
    })
    await using reader = await open(origin)
    expect([reader.size, reader.validator]).toEqual([undefined, undefined])
    expect(await reader.read(90_000, 20_000)).toEqual(file.slice(90_000))
    expect(reader.size).toBe(100_000)
    await using again = await open(origin)
    expect(await again.read(100_000, 5)).toEqual(new Uint8Array(0))
  })

  test('answers reads that come at once one after the other', async () => {
    const file = makeFile(200_000)
    await using origin = await startRangeOrigin(file)
    await using reader = await open(origin)
    const reads = [100_000, 100_000, 199_000].map((offset) => reader.read(offset, 1_000))
    expect(await Promise.all(reads)).toEqual(
      [100_000, 100_000, 199_000].map((offset) => file.slice(offset, offset + 1_000)),
    )
    expect(origin.ranges).toHaveLength(3)
  })

  test('is asked where its redirects ended', async () => {
    const file = makeFile(200_000)
    await using store = await startRangeOrigin(file)
    await using origin = await startOrigin((_req, res) => {
      res.writeHead(302, { location: store.url }).end()
    })
    await using reader = await openRanges(origin.url, allowing(origin, store))
    expect(await reader.read(150_000, 5)).toEqual(file.slice(150_000, 150_005))
    expect([origin.ranges.length, store.ranges.length]).toEqual([1, 2])
    expect(reader.cost().requests).toBe(3)
  })
})

describe('the budget ends', () => {
  test('with the requests', async () => {
    await using origin = await startRangeOrigin(makeFile(300_000))
    await using reader = await open(origin, { requests: 3 })
    await reader.read(100_000, 1)
    await reader.read(120_000, 1)
    expect(await failureOf(() => reader.read(140_000, 1))).toBe('no_duration')
    expect(origin.ranges).toHaveLength(3)
    expect((await reader.read(100_000, 1)).length).toBe(1) // what is known still is
  })

  test('with the bytes, before they are asked for', async () => {
    await using origin = await startRangeOrigin(makeFile(300_000))
    await using reader = await open(origin, { bytes: 100_000 })
    expect(await failureOf(() => reader.read(100_000, 40_000))).toBe('no_duration')
    expect(origin.ranges).toHaveLength(1)
  })

  test('with the time, pauses of the reader included', async () => {
    await using origin = await startRangeOrigin(makeFile(300_000))
    await using reader = await open(origin, { timeMs: 150 })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await failureOf(() => reader.read(100_000, 1))).toBe('source_timeout')
  })
})

describe('a range answer lies', () => {
  const part =
    (range: string, length: number, headers: Record<string, string> = {}) =>
    (res: ServerResponse) =>
      void res.writeHead(206, { 'content-range': range, ...headers }).end(makeFile(length))
  const good = part('bytes 0-65535/200000', 65_536, { etag: '"v1"' })

  test.each([
    ['with another start', part('bytes 1-65536/200000', 65_536), 'source_bad_response'],
    ['with a later end', part('bytes 0-65536/200000', 65_537), 'source_bad_response'],
    ['with an earlier end', part('bytes 0-999/200000', 1_000), 'source_bad_response'],
    ['with an end behind the file', part('bytes 0-65535/65535', 65_536), 'source_bad_response'],
    [
      'without Content-Range',
      (res: ServerResponse) => void res.writeHead(206).end('x'),
      'source_bad_response',
    ],
    [
      'with more parts',
      (res: ServerResponse) =>
        void res.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' }).end('--x'),
      'source_bad_response',
    ],
    [
      'with another length',
      part('bytes 0-65535/200000', 9, { 'content-length': '9' }),
      'source_bad_response',
    ],
    ['with fewer bytes', part('bytes 0-65535/200000', 9), 'source_truncated'],
    ['with more bytes', part('bytes 0-65535/200000', 65_537), 'source_bad_response'],
    [
      'with a total over 1 GiB',
      part(`bytes 0-65535/${MAX_SOURCE_BYTES + 1}`, 65_536),
      'SOURCE_TOO_LARGE',
    ],
    [
      'with gzip',
      part('bytes 0-65535/200000', 65_536, { 'content-encoding': 'gzip' }),
      'source_bad_response',
    ],
  ])('%s', async (_case, answer, key) => {
    // Chunked, so that each lie stands alone; the one about the length sets it.
    await using origin = await startOrigin((_req, res) => {
      res.useChunkedEncodingByDefault = true
      answer(res)
    })
    expect(await failureOf(() => open(origin))).toBe(key)
  })

  test.each([
    [
      'another total',
      part('bytes 100000-100009/200001', 10, { etag: '"v1"' }),
      'source_bad_response',
    ],
    ['no total', part('bytes 100000-100009/*', 10, { etag: '"v1"' }), 'source_bad_response'],
    [
      'another ETag',
      part('bytes 100000-100009/200000', 10, { etag: '"v2"' }),
      'source_bad_response',
    ],
    ['no ETag', part('bytes 100000-100009/200000', 10), 'source_bad_response'],
    ['the range of before', good, 'source_bad_response'],
    ['416', (res: ServerResponse) => void res.writeHead(416).end(), 'source_bad_response'],
    ['200', (res: ServerResponse) => void res.writeHead(200).end('x'), 'source_http_status'],
    ['404', (res: ServerResponse) => void res.writeHead(404).end(), 'source_http_status'],
  ])('in the second answer: %s', async (_case, second, key) => {
    let requests = 0
    await using origin = await startOrigin((_req, res) =>
      requests++ === 0 ? good(res) : second(res),
    )
    await using reader = await open(origin)
    expect(await failureOf(() => reader.read(100_000, 10))).toBe(key)
  })
})

describe('a server without ranges', () => {
  /** Sends the file from its front, as fast as it is read; tells how much it could send. */
  const startStreamOrigin = async (file: Uint8Array, headers: Record<string, string | number>) => {
    const sent = { bytes: 0 }
    const origin = await startOrigin((_req, res) => {
      res.writeHead(200, { 'last-modified': 'Tue, 01 Dec 2026 00:00:00 GMT', ...headers })
      let at = 0
      const send = () => {
        while (at < file.length) {
          const piece = file.subarray(at, at + 64 * KIB)
          at += piece.length
          sent.bytes = at
          if (!res.write(piece)) return
        }
        res.end()
      }
      res.on('drain', send)
      send()
    })
    return { origin, sent }
  }

  test('answers the front of the file without reading the rest', async () => {
    const file = makeFile(40 * MIB)
    const { origin, sent } = await startStreamOrigin(file, { 'content-length': file.length })
    await using server = origin
    await using reader = await open(server)
    expect([reader.size, reader.validator]).toEqual([40 * MIB, 'Tue, 01 Dec 2026 00:00:00 GMT'])
    expect(await reader.read(10, 60_000)).toEqual(file.slice(10, 60_010))
    expect(reader.cost().bytes).toBeLessThan(256 * KIB)
    expect(sent.bytes).toBeLessThan(20 * MIB) // what the sockets of both sides hold
    expect(server.ranges).toHaveLength(1)
  })

  test('streams on to the end, and back as far as it remembers', async () => {
    const file = makeFile(30 * MIB)
    const { origin } = await startStreamOrigin(file, { 'content-length': file.length })
    await using server = origin
    await using reader = await open(server)
    const end = await reader.read(29 * MIB, 2 * MIB)
    expect(Buffer.compare(end, file.subarray(29 * MIB))).toBe(0)
    expect(await reader.read(23 * MIB, 100_000)).toEqual(file.slice(23 * MIB, 23 * MIB + 100_000))
    expect(await reader.read(7 * MIB, 100)).toEqual(file.slice(7 * MIB, 7 * MIB + 100))
    expect(await failureOf(() => reader.read(15 * MIB, 10))).toBe('range_not_supported')
    expect(reader.cost()).toMatchObject({ bytes: 30 * MIB, requests: 1 })
  })

  test('may not know its size until the end', async () => {
    const file = makeFile(200_000)
    const { origin } = await startStreamOrigin(file, {})
    await using server = origin
    await using reader = await open(server)
    expect(reader.size).toBeUndefined()
    expect(await reader.read(190_000, 50_000)).toEqual(file.slice(190_000))
    expect(reader.size).toBe(200_000)
    expect(await reader.read(300_000, 10)).toEqual(new Uint8Array(0))
  })

  test('may send nothing', async () => {
    const { origin } = await startStreamOrigin(new Uint8Array(0), {})
    await using server = origin
    await using reader = await open(server)
    expect([reader.size, await reader.read(0, 10)]).toEqual([0, new Uint8Array(0)])
  })

  test('is not streamed further than the cap', async () => {
    const file = makeFile(2 * MIB)
    const known = await startStreamOrigin(file, { 'content-length': file.length })
    await using knownServer = known.origin
    await using reader = await open(knownServer, { streamBytes: MIB })
    expect(await failureOf(() => reader.read(MIB, 10))).toBe('range_not_supported')
    expect(reader.cost().bytes).toBeLessThan(256 * KIB) // refused without streaming
    expect((await reader.read(MIB - 10, 10)).length).toBe(10)

    expect(await failureOf(() => reader.read(0, 17 * MIB))).toBe('range_not_supported')
  })

  test('says so when the file ends early', async () => {
    await using origin = await startOrigin((_req, res) => {
      res.writeHead(200, { 'content-length': 300_000 }).write(makeFile(100_000))
      setTimeout(() => res.destroy(), 50)
    })
    await using reader = await open(origin)
    expect((await reader.read(0, 50_000)).length).toBe(50_000)
    expect(await failureOf(() => reader.read(150_000, 10))).toBe('source_truncated')
  })
})
