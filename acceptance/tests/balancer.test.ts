import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { startBalancer } from '../src/balancer.ts'

async function startGateway(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const says =
  (text: string): RequestListener =>
  (_req, res) =>
    void res.end(text)
const textOf = async (url: string) => await (await fetch(url)).text()

test('requests take turns, and pass over a gateway that is down', async () => {
  await using one = await startGateway(says('one'))
  await using two = await startGateway(says('two'))
  const dead = await startGateway(says('dead'))
  await dead[Symbol.asyncDispose]()
  await using balancer = await startBalancer(0, [one.origin, dead.origin, two.origin])
  const said = []
  for (let i = 0; i < 6; i += 1) said.push(await textOf(balancer.origin))
  expect(said.toSorted()).toEqual(['one', 'one', 'two', 'two', 'two', 'two'])
})

test('with no gateway left, and where one breaks off, the client is cut', async () => {
  const dead = await startGateway(says('dead'))
  await dead[Symbol.asyncDispose]()
  await using nobody = await startBalancer(0, [dead.origin])
  await expect(fetch(nobody.origin)).rejects.toThrow('fetch failed')
  await using rude = await startGateway((req, res) => {
    if (req.url === '/half') res.write('half')
    setTimeout(() => res.destroy(), 20)
  })
  await using balancer = await startBalancer(0, [rude.origin])
  await expect(fetch(balancer.origin)).rejects.toThrow('fetch failed')
  await expect(textOf(`${balancer.origin}/half`)).rejects.toThrow('terminated')
})

test('request and answer pass untouched, headers in their order and spelling', async () => {
  await using echo = await startGateway((req, res) => {
    req.setEncoding('utf8')
    void (async () => {
      let body = ''
      for await (const part of req) body += String(part)
      const head = { method: req.method, url: req.url, raw: req.rawHeaders, body }
      res.writeHead(418, 'Teapot', ['X-Odd', 'a', 'X-Odd', 'b']).end(JSON.stringify(head))
    })()
  })
  await using balancer = await startBalancer(0, [echo.origin])
  const res = await fetch(`${balancer.origin}/a%20b?c=d`, {
    method: 'PUT',
    headers: { 'X-Mine': 'yes' },
    body: 'körper',
  })
  expect([res.status, res.statusText, res.headers.get('x-odd')]).toEqual([418, 'Teapot', 'a, b'])
  const got = (await res.json()) as { raw: string[] }
  expect(got).toMatchObject({ method: 'PUT', url: '/a%20b?c=d', body: 'körper' })
  expect(got.raw).toEqual(expect.arrayContaining(['X-Mine', 'X-Forwarded-For', '127.0.0.1']))
  expect(got.raw.join().match(/host/gi)).toHaveLength(1)
})

test('what comes slowly passes as it comes, in both directions', async () => {
  const arrived: string[] = []
  await using slow = await startGateway((req, res) => {
    req.setEncoding('utf8').on('data', (text: string) => arrived.push(text))
    res.write('first ')
    req.on('end', () => res.end('last'))
  })
  await using balancer = await startBalancer(0, [slow.origin])
  let more = (_text: string | null) => {}
  const body = new ReadableStream({
    start(controller) {
      more = (text) => (text === null ? controller.close() : controller.enqueue(Buffer.from(text)))
    },
  })
  more('a')
  const res = await fetch(balancer.origin, { method: 'POST', body, duplex: 'half' } as RequestInit)
  const reader = res.body?.getReader()
  expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe('first ')
  more('b')
  while (arrived.length < 2) await sleep(5)
  expect(arrived).toEqual(['a', 'b'])
  more(null)
  expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe('last')
})

test('a client that goes away is gone for the gateway too', async () => {
  const gone = Promise.withResolvers<void>()
  await using patient = await startGateway((_req, res) => {
    res.flushHeaders()
    res.once('close', gone.resolve)
  })
  await using balancer = await startBalancer(0, [patient.origin])
  const leaving = new AbortController()
  await fetch(balancer.origin, { signal: leaving.signal })
  leaving.abort()
  await gone.promise
})
