import { expect, test } from '@jest/globals'
import type { AccountId } from '@upscale/types'
import { createBurstLimit } from './burst-limit.ts'
import type { Lease, LeaseTokens } from './burst-limit.ts'

const acme = 'acme:live' as AccountId
const LIMIT = 60
const WINDOW_MS = 60_000

/** The table in the database, by a clock that stands still. */
function openTable() {
  const used = new Map<AccountId, number>()
  const asked: number[] = []
  const clock = { ms: 0, started: 0 }
  return {
    asked,
    now: () => clock.ms,
    pass: (ms: number) => {
      clock.ms += ms
      if (clock.ms - clock.started < WINDOW_MS) return
      clock.started = clock.ms
      used.clear()
    },
    lease: async (id: AccountId, wanted: number): Promise<Lease> => {
      asked.push(wanted)
      await new Promise((resolve) => setTimeout(resolve, 1))
      const before = used.get(id) ?? 0
      used.set(id, before + wanted)
      const leftMs = clock.started + WINDOW_MS - clock.ms
      return {
        tokens: Math.max(0, Math.min(wanted, LIMIT - before)),
        left: Math.max(0, LIMIT - before - wanted),
        endsAt: new Date(clock.started + WINDOW_MS),
        leftMs,
      }
    },
  }
}

test('a process asks the database once in as many requests as it leases', async () => {
  const table = openTable()
  const take = createBurstLimit(table.lease, 30, table.now)
  const takes = []
  for (let i = 0; i < LIMIT + 1; i += 1) takes.push(await take(acme))
  expect(takes.map(({ isTaken }) => isTaken)).toEqual([...Array(LIMIT).fill(true), false])
  expect(takes.map(({ remaining }) => remaining).slice(0, 3)).toEqual([59, 58, 57])
  expect(takes.at(-1)).toMatchObject({ remaining: 0, leftMs: WINDOW_MS })
  expect(table.asked).toEqual([30, 30])
})

test('more is leased before the last token is gone, and nobody waits for it', async () => {
  const table = openTable()
  const ahead = Promise.withResolvers<Lease>()
  const lease: LeaseTokens = (id, wanted) =>
    table.asked.length === 0 ? table.lease(id, wanted) : ahead.promise
  const take = createBurstLimit(lease, 20, table.now)
  for (let i = 0; i < 20; i += 1) expect((await take(acme)).remaining).toBe(59 - i)
  const twentyFirst = take(acme)
  ahead.resolve(await table.lease(acme, 20))
  expect((await twentyFirst).remaining).toBe(39)
  expect(table.asked).toEqual([20, 20])
})

test('a lease ahead that fails takes nothing from what is held', async () => {
  const table = openTable()
  const lease: LeaseTokens = (id, wanted) =>
    table.asked.length === 0 ? table.lease(id, wanted) : Promise.reject(new Error('away'))
  const take = createBurstLimit(lease, 20, table.now)
  for (let i = 0; i < 20; i += 1) expect((await take(acme)).isTaken).toBe(true)
  await expect(take(acme)).rejects.toThrow('away')
})

test('two processes that lease ahead give out no more than there is', async () => {
  const table = openTable()
  const both = [0, 1].map(() => createBurstLimit(table.lease, 20, table.now))
  const takes = Array.from({ length: 100 }, (_, i) => both[i % 2]?.(acme))
  const taken = (await Promise.all(takes)).filter((take) => take?.isTaken)
  expect(taken).toHaveLength(LIMIT)
})

test('who is refused costs nothing until the window ends', async () => {
  const table = openTable()
  const take = createBurstLimit(table.lease, LIMIT, table.now)
  for (let i = 0; i < 500; i += 1) await take(acme)
  expect(table.asked).toEqual([LIMIT])
  table.pass(WINDOW_MS - 1)
  expect((await take(acme)).isTaken).toBe(false)
  table.pass(1)
  expect(await take(acme)).toMatchObject({ isTaken: true, remaining: 59 })
  expect(table.asked).toEqual([LIMIT, LIMIT])
})

test('one lease is under way at a time, for all who wait', async () => {
  const table = openTable()
  const take = createBurstLimit(table.lease, 1, table.now)
  const takes = await Promise.all(Array.from({ length: 100 }, () => take(acme)))
  expect(takes.filter(({ isTaken }) => isTaken)).toHaveLength(LIMIT)
  expect(table.asked).toEqual([100])
})

test('what is leased ends with its window', async () => {
  const table = openTable()
  const take = createBurstLimit(table.lease, 30, table.now)
  await take(acme)
  table.pass(WINDOW_MS)
  expect((await take(acme)).remaining).toBe(59)
  expect(table.asked).toEqual([30, 30])
})

test('two processes share one count, and accounts do not', async () => {
  const table = openTable()
  const here = createBurstLimit(table.lease, 1, table.now)
  const there = createBurstLimit(table.lease, 1, table.now)
  for (let i = 0; i < LIMIT; i += 1) {
    expect((await (i % 2 ? here : there)(acme)).isTaken).toBe(true)
  }
  expect((await here(acme)).isTaken).toBe(false)
  expect((await there(acme)).isTaken).toBe(false)
  expect((await here('other:live' as AccountId)).isTaken).toBe(true)
})

test('a failure is thrown, and the next request asks again', async () => {
  const table = openTable()
  let isDown = true
  const take = createBurstLimit(
    (id, wanted) => (isDown ? Promise.reject(new Error('away')) : table.lease(id, wanted)),
    30,
    table.now,
  )
  await expect(Promise.all([take(acme), take(acme)])).rejects.toThrow('away')
  isDown = false
  expect((await take(acme)).isTaken).toBe(true)
})
