import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { readEvents } from './event-reader.ts'
import { startSteps } from './test-steps.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

/** A GET over the connections of an agent: its status, and what becomes of its connection. */
async function getOver(
  agent: Agent,
  { origin, check }: TestGateway,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    request(origin + path, { agent, headers }, resolve)
      .on('error', reject)
      .end()
  })
  const { statusCode: status = NaN } = res
  const answered = new Headers(res.headers as Record<string, string>)
  check({ method: 'GET', path, status, headers: answered, body: await text(res) })
  return `${status} ${res.headers.connection}`
}

test('a create that nobody takes up is called off: nothing is charged', async () => {
  await using temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  await using gateway = await testGateway(temporal)
  const customer = await gateway.customer('late')
  const began = Date.now()
  const answer = await customer.post('/api/v1/tools/upscale-video', {
    video_url: 'http://origin:9000/ok.mp4',
  })
  expect(Date.now() - began).toBeLessThan(25_000)
  expect(answer).toMatchObject({
    status: 503,
    body: { error: { code: 'SERVICE_UNAVAILABLE', message: 'Try again in 5 s', retryable: true } },
  })
  expect(answer.headers.get('retry-after')).toBe('5')

  const { taskId } = await gateway.ctx.db
    .selectFrom('gateway.taskOrder')
    .select('taskId')
    .executeTakeFirstOrThrow()
  await using parts = new AsyncDisposableStack()
  parts.use(await startSteps(gateway))
  const outcome = await temporal.client.workflow.getHandle(taskId).result()
  expect(outcome).toMatchObject({ outcome: 'refused' })
  expect(gateway.billing.balanceOf('late:live')).toBe(1_000)
  const missing = await customer.get(`/api/v1/tasks/${taskId}`)
  expect(missing).toMatchObject({ status: 404, body: { error: { code: 'TASK_NOT_FOUND' } } })
})

test('a stop cuts nobody off, and tells each connection to end', async () => {
  const gateway = await testGateway(undefined, { DRAIN_WAIT_MS: '500' })
  const { key } = await gateway.customer('busy')
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const headers = { authorization: `Bearer ${key}` }
  const get = () => getOver(agent, gateway, '/api/v1/credits', headers)
  const balancer = new AbortController() // sends nothing new from its next look on
  const load = () =>
    Promise.all(
      Array.from({ length: 20 }, async () => {
        const answers: string[] = []
        while (!balancer.signal.aborted) answers.push(await get())
        return answers
      }),
    )
  const answers = load()
  await sleep(200)
  const stopped = gateway[Symbol.asyncDispose]()
  await sleep(200)
  balancer.abort()
  await stopped
  agent.destroy()
  expect(new Set((await answers).flat())).toEqual(new Set(['200 keep-alive', '200 close']))
})

test('a stop tells streams to come back, and answers who waits with the task as it is', async () => {
  await using temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  await using gateway = await testGateway(temporal)
  await using steps = await startSteps(gateway)
  const customer = await gateway.customer('follower')
  const video_url = 'http://origin:9000/slow.mp4'
  const { id } = (await customer.post('/api/v1/tools/upscale-video', { video_url })).body.data
  const stopping = await gateway.another({ DRAIN_WAIT_MS: '700' })
  const headers = { authorization: `Bearer ${customer.key}` }
  const path = `/api/v1/tasks/${id}`
  const events = `${stopping.origin}${path}/events`
  await using stream = await readEvents(gateway.check, events, headers)
  const waiting = { headers: { ...headers, prefer: 'wait=60' } }
  const waits = [
    stopping.call(path, waiting),
    stopping.call(`${path}/cancel`, { method: 'POST', ...waiting }),
  ]
  await sleep(300)
  const began = Date.now()
  const stopped = stopping[Symbol.asyncDispose]()
  await sleep(200)
  await using late = await readEvents(gateway.check, events, headers)
  expect([late.status, late.response.headers.get('connection')]).toEqual([200, 'close'])
  expect(stream.reader.isClosed).toBe(false)
  await stopped
  expect(Date.now() - began).toBeLessThan(2_000)
  for (const { closed, reader, events: seen } of [stream, late]) {
    await closed
    expect(reader.text).toMatch(/event: reconnect\ndata: \{\}\n\n$/)
    expect(seen.at(-1)?.id).toBeUndefined()
  }
  for (const answer of await Promise.all(waits)) {
    expect(answer.status).toBe(200)
    expect(answer.headers.get('preference-applied')).toBe('wait=60')
    const status = expect.stringMatching(/^(pending|processing)$/)
    expect(answer.body.data).toMatchObject({ id, status })
  }
  steps.release(id)
})

test('a connection ends with its thousandth answer, and no request is lost', async () => {
  await using gateway = await testGateway()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const get = () => getOver(agent, gateway, '/api/v1/models?type=image')
  const answers: string[] = []
  while (answers.length < 1_001) answers.push(await get())
  agent.destroy()
  expect(answers.slice(998)).toEqual(['200 keep-alive', '200 close', '200 keep-alive'])
})
