import { describe, expect, test } from '@jest/globals'
import { openRanges } from '../src/index.ts'
import { failureOf, resolving, startOrigin, startRangeOrigin, makeFile } from './origin.ts'

const TIMES = { resolveMs: 100, connectMs: 300, headersMs: 300, timeMs: 2_000 }
const open = (url: string, policy: Parameters<typeof openRanges>[1]) =>
  failureOf(async () => (await openRanges(url, policy, TIMES))[Symbol.asyncDispose]())

describe('a name is refused', () => {
  test.each([
    ['by a private answer', ['10.0.0.1']],
    ['by a loopback answer', ['127.0.0.1']],
    ['by a metadata answer', ['169.254.169.254']],
    ['by a mapped answer', ['::ffff:127.0.0.1']],
    ['by a NAT64 answer', ['64:ff9b::7f00:1']],
    ['by a 6to4 answer', ['2002:7f00:1::']],
    ['by an answer with a zone', ['fe80::1%eth0']],
    ['by an answer that is no address', ['0x7f.1']],
    ['by one bad answer among good ones', ['1.1.1.1', '2606:4700::1111', '10.0.0.1']],
    [
      'by a bad answer behind the ones we would dial',
      ['1.1.1.1', '1.0.0.1', '8.8.8.8', '8.8.4.4', '::1'],
    ],
  ])('%s', async (_case, answers) => {
    const policy = resolving(async () => answers)
    expect(await open('http://video.example.com/a.mp4', policy)).toBe('url_address_not_allowed')
  })

  test('after a redirect too', async () => {
    await using origin = await startOrigin((_req, res) => {
      res.writeHead(302, { location: 'http://inner.example.com/' }).end()
    })
    const asked: string[] = []
    const policy = resolving(async (host) => {
      asked.push(host)
      return ['192.168.0.1']
    }, origin.pair)
    expect(await open(origin.url, policy)).toBe('url_address_not_allowed')
    expect(asked).toEqual(['inner.example.com.'])
  })
})

describe('a name cannot be reached', () => {
  test('without an answer', async () => {
    expect(
      await open(
        'http://video.example.com/',
        resolving(async () => []),
      ),
    ).toBe('source_unreachable')
  })

  test('when the resolver fails', async () => {
    const policy = resolving(async () => {
      throw new Error('ENOTFOUND video.example.com.')
    })
    expect(await open('http://video.example.com/', policy)).toBe('source_unreachable')
  })

  test('when the resolver does not answer in time', async () => {
    const since = performance.now()
    const policy = resolving(() => new Promise(() => {}))
    expect(await open('http://video.example.com/', policy)).toBe('source_unreachable')
    expect(performance.now() - since).toBeLessThan(1_000)
  })

  test('and the customer reads neither address nor port state', async () => {
    await using origin = await startOrigin(() => {})
    const closed = resolving(async () => ['127.0.0.1'], 'a.example.com:1')
    const unknown = resolving(async () => [], origin.pair)
    const message =
      'Could not read video duration from URL: the server could not be reached. Check the host name and its certificate'
    await expect(openRanges('http://a.example.com:1/', closed, TIMES)).rejects.toThrow(message)
    await expect(openRanges('http://a.example.com/', unknown, TIMES)).rejects.toThrow(message)
  })
})

test('dials the checked address, whatever the name means elsewhere', async () => {
  await using origin = await startOrigin((req, res) => void res.end(req.headers.host))
  const asked: string[] = []
  const used: string[] = []
  const pair = `video.example.com:${origin.port}`
  const policy = {
    ...resolving(async (host) => {
      asked.push(host)
      return ['127.0.0.1']
    }, pair),
    onAllowed: (name: string) => void used.push(name),
  }
  await using reader = await openRanges(`http://${pair}/`, policy, TIMES)
  expect(Buffer.from(await reader.read(0, 99)).toString()).toBe(pair)
  expect(asked).toEqual(['video.example.com']) // once, and without the final dot: it is listed
  expect(used).toEqual([pair])
})

test('checks each connection anew: a name that moves to a refused address is refused', async () => {
  await using origin = await startRangeOrigin(makeFile(200_000))
  const answers = [['127.0.0.1'], ['127.0.0.1'], ['169.254.169.254']]
  const pair = `video.example.com:${origin.port}`
  const policy = resolving(async () => answers.shift() ?? [], pair)
  await using reader = await openRanges(`http://${pair}/`, policy, TIMES)
  expect((await reader.read(100_000, 10)).length).toBe(10)
  expect(await failureOf(() => reader.read(150_000, 10))).toBe('url_address_not_allowed')
  expect(origin.connections()).toBe(2)
})

test('a listed pair opens no other port of its host', async () => {
  await using origin = await startOrigin((_req, res) => void res.end())
  const policy = resolving(async () => ['127.0.0.1'], 'video.example.com:9')
  expect(await open(`http://video.example.com:${origin.port}/`, policy)).toBe(
    'url_port_not_allowed',
  )
  expect(await open('http://video.example.com/', policy)).toBe('url_address_not_allowed')
  expect(origin.connections()).toBe(0)
})

test('the end of the job ends a connection that is still being made', async () => {
  const stop = new AbortController()
  const policy = resolving(() => new Promise(() => {}))
  const opening = openRanges('http://a.example.com/', policy, { resolveMs: 400 }, stop.signal)
  const since = performance.now()
  setTimeout(() => stop.abort(new Error('canceled')), 20)
  await expect(opening).rejects.toThrow('canceled')
  expect(performance.now() - since).toBeLessThan(300)
})
