import { afterEach, expect, test } from '@jest/globals'
import { createMetrics, startInternalServer } from '../src/index.ts'
import type { InternalServer } from '../src/index.ts'

let server: InternalServer | undefined
afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
})

const listen = { host: '127.0.0.1', port: 0 }
const start = async (checks: Record<string, () => Promise<void>>) => {
  server = await startInternalServer({ listen, checks, metrics: createMetrics() })
  return server
}
const get = async (path: string) => {
  const res = await fetch(`http://127.0.0.1:${server?.port}${path}`)
  return { status: res.status, text: await res.text() }
}

test('a process is ready when each of its parts is', async () => {
  await start({ database: async () => undefined })
  expect(await get('/livez')).toEqual({ status: 200, text: '{"live":"ok"}' })
  expect(await get('/readyz')).toEqual({ status: 200, text: '{"database":"ok"}' })
  expect((await get('/metrics')).text).toContain('process_cpu_seconds_total')
  expect((await get('/else')).status).toBe(404)
})

test('names the part that does not work, and the one that does not answer', async () => {
  await start({
    database: async () => {
      throw new Error('connect ECONNREFUSED')
    },
    temporal: () => new Promise(() => undefined),
  })
  const { status, text } = await get('/readyz')
  expect(status).toBe(503)
  expect(JSON.parse(text)).toEqual({
    database: 'connect ECONNREFUSED',
    temporal: 'no answer within 500 ms',
  })
})

test('takes no new work once it drains', async () => {
  const { drain } = await start({})
  drain()
  expect(await get('/readyz')).toEqual({ status: 503, text: '{"draining":"yes"}' })
})
