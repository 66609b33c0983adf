import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { listen } from '../src/index.ts'
import { query, scratchSchema } from './scratch-schema.ts'

/** What happened, in its order. */
function heardAt(url: string) {
  const heard: string[] = []
  const listener = listen({
    url,
    channel: 'news',
    onNotice: (payload) => heard.push(payload),
    onListening: () => heard.push('listening'),
    onBroken: () => heard.push('broken'),
  })
  return { heard, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo(); await sleep(10)) {
    if (Date.now() > end) throw new Error('It did not come to it')
  }
}

const tell = (url: string, payload: string) => query(url, `select pg_notify('news', '${payload}')`)
const listeners = (url: string) =>
  query(
    url,
    `select pid from pg_stat_activity where datname = current_database() and query = 'listen news'`,
  )

test('notices come in the order in which they were told', async () => {
  await using own = await scratchSchema()
  await using listener = heardAt(own.adminUrl)
  await until(() => listener.heard.length === 1)
  for (const payload of ['a', 'b', 'c']) await tell(own.adminUrl, payload)
  await until(() => listener.heard.length === 4)
  expect(listener.heard).toEqual(['listening', 'a', 'b', 'c'])
})

test('a connection that is ended comes back by itself and says so', async () => {
  await using own = await scratchSchema()
  await using listener = heardAt(own.adminUrl)
  await until(() => listener.heard.length === 1)
  for (let times = 0; times < 2; times += 1) {
    const before = listener.heard.length
    await query(
      own.adminUrl,
      `select pg_terminate_backend(${pidIn(await listeners(own.adminUrl))}, 5000)`,
    )
    await until(() => listener.heard.length === before + 2)
  }
  await tell(own.adminUrl, 'later')
  await until(() => listener.heard.length === 6)
  expect(listener.heard).toEqual([
    'listening',
    'broken',
    'listening',
    'broken',
    'listening',
    'later',
  ])
})

test('a server that is away is tried again until it is stopped', async () => {
  const listener = heardAt('postgres://nobody@127.0.0.1:1/none')
  await until(() => listener.heard.length >= 2)
  await listener[Symbol.asyncDispose]()
  const { length } = listener.heard
  expect(new Set(listener.heard)).toEqual(new Set(['broken']))
  await sleep(300)
  expect(listener.heard).toHaveLength(length)
})

test('its end closes the connection at once', async () => {
  await using own = await scratchSchema()
  const listener = heardAt(own.adminUrl)
  await until(() => listener.heard.length === 1)
  expect(await listeners(own.adminUrl)).toHaveLength(1)
  const began = Date.now()
  await listener[Symbol.asyncDispose]()
  expect(Date.now() - began).toBeLessThan(1_000)
  for (const end = Date.now() + 2_000; Date.now() < end; await sleep(20)) {
    if ((await listeners(own.adminUrl)).length === 0) break
  }
  expect(await listeners(own.adminUrl)).toEqual([])
})

const pidIn = (rows: unknown[][]): string => String(rows[0]?.[0])
