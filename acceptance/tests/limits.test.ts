import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Customer } from '../src/customer.ts'
import type { EventStream } from '../src/event-stream.ts'
import { refusalOf } from '../src/refusal.ts'

const cast = await openCast({ name: 'busy', plan: 'pro_monthly', credits: 1_000 })
const { host, operator, us } = cast
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

afterAll(() => cast[Symbol.asyncDispose]())

/** Counts are of a window of the clock: begins where enough of it is left. */
async function withinOne(windowMs: number, neededMs: number): Promise<void> {
  const leftMs = windowMs - (Date.now() % windowMs)
  if (leftMs < neededMs) await sleep(leftMs + 100)
}

async function inTurns<Item>(count: number, atOnce: number, work: () => Promise<Item>) {
  const items: Item[] = []
  let started = 0
  const hand = async () => {
    for (; started < count;) {
      started += 1
      items.push(await work())
    }
  }
  await Promise.all(Array.from({ length: atOnce }, hand))
  return items
}

/** The seconds after which one may come back are never before the window's end. */
function expectRefused(answer: Answer, message: RegExp): void {
  expect(refusalOf(answer)).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
  expect(answer.body.error).toMatchObject({ retryable: true })
  expect(answer.body.error?.message).toMatch(message)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
}

const statusesOf = (answers: readonly Answer[]) => new Set(answers.map(({ status }) => status))

describe('the headers of an authenticated answer', () => {
  test('say what is left of the day and of the minute', async () => {
    await withinOne(MINUTE_MS, 5_000)
    const { headers } = await us.call('GET', '/credits')
    expect(headers.get('x-ratelimit-limit')).toBe('500')
    expect(headers.get('x-ratelimit-remaining')).toBe('500')
    const reset = new Date(headers.get('x-ratelimit-reset') ?? '')
    expect(reset.toISOString()).toMatch(/T00:00:00\.000Z$/)
    expect(reset.getTime() - Date.now()).toBeLessThanOrEqual(24 * HOUR_MS)
    expect(headers.get('ratelimit-policy')).toBe('"daily";q=500;w=86400,"burst";q=600;w=60')
    const [, daily, resets, burst, left] =
      /^"daily";r=(\d+);t=(\d+),"burst";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '') ?? []
    expect(Number(daily)).toBe(500)
    expect(Number(resets)).toBeLessThanOrEqual(86_400)
    expect(Number(burst)).toBeLessThan(600)
    expect(Number(left)).toBeLessThanOrEqual(60)
  })

  test('a created task counts, a refusal, a replay and a quote do not', async () => {
    const left = async () =>
      Number((await us.call('GET', '/credits')).headers.get('x-ratelimit-remaining'))
    const before = await left()
    const url = host.file(await clip('still.mp4'))
    const key = { 'idempotency-key': 'counted' }
    const created = await us.upscale({ video_url: url }, key)
    expect(Number(created.headers.get('x-ratelimit-remaining'))).toBe(before - 1)
    await us.upscale({ video_url: url }, key)
    await us.upscale({ video_url: host.missing() })
    await us.quote({ video_url: url })
    await sleep(3_100) // so long the other gateway may know the count from before
    expect(await left()).toBe(before - 1)
    await us.watch((created.body.data as { id: string }).id, hasEnded)
  })

  test('no plan without a limit has them', async () => {
    const unlimited = await cast.open('busy-unlimited', 'enterprise')
    const { headers } = await unlimited.call('GET', '/credits')
    expect(headers.get('x-ratelimit-limit')).toBeNull()
    expect(headers.get('ratelimit-policy')).toBe('"burst";q=600;w=60')
  })
})

describe('over two gateways, the limit passes and limit + 1 does not', () => {
  test('600 requests a minute', async () => {
    const quick = await cast.open('busy-quick')
    await withinOne(MINUTE_MS, 20_000)
    const passed = await inTurns(600, 8, () => quick.call('GET', '/credits'))
    expect(statusesOf(passed)).toEqual(new Set([200]))
    const refused = await quick.call('GET', '/credits')
    expectRefused(refused, /^Rate limit exceeded\. Limit: 600\/min\. Resets at: .*Z$/)
    const [, t] = /"burst";r=0;t=(\d+)/.exec(refused.headers.get('ratelimit') ?? '') ?? []
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(Number(t))
    expectRefused(await quick.call('GET', '/credits'), /600\/min/)
    expect((await us.call('GET', '/credits')).status).toBe(200) // per account
  })

  test('60 creates a minute, refused ones too', async () => {
    const eager = await cast.open('busy-eager')
    await withinOne(MINUTE_MS, 10_000)
    const passed = await inTurns(60, 4, () => eager.upscale({}))
    expect(statusesOf(passed)).toEqual(new Set([400]))
    expectRefused(await eager.upscale({}), /Limit: 60\/min/)
    expectRefused(await eager.generate({}), /Limit: 60\/min/)
    expect(await eager.credits()).toBe(1_000) // reads go on
  })

  test('60 quotes an hour', async () => {
    const curious = await cast.open('busy-curious')
    await withinOne(HOUR_MS, 10_000)
    const passed = await inTurns(60, 4, () => curious.quote({}))
    expect(statusesOf(passed)).toEqual(new Set([400]))
    expectRefused(await curious.quote({}), /Limit: 60\/hour/)
  })

  test('100 tasks a day with the Starter plan; a refusal gives its place back', async () => {
    const starter = await cast.open('busy-starter', 'starter')
    await operator.orderedToday('busy-starter:live', 99)
    const missing = await starter.upscale({ video_url: host.missing() })
    expect(refusalOf(missing)).toMatchObject({ status: 422 })
    const url = host.file(await clip('still.mp4'))
    const last = await starter.upscale({ video_url: url })
    expect(last.status).toBe(200)
    expect(last.headers.get('x-ratelimit-remaining')).toBe('0')
    const credits = await starter.credits()
    const over = await starter.upscale({ video_url: url })
    expectRefused(
      over,
      /^Rate limit exceeded\. Limit: 100\/day\. Resets at: \d{4}-\d\d-\d\dT00:00:00\.000Z$/,
    )
    const untilMidnight = (24 * HOUR_MS - (Date.now() % (24 * HOUR_MS))) / 1000
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(untilMidnight - 1)
    expect(await starter.credits()).toBe(credits)
    expect((await starter.quote({ video_url: url })).status).toBe(200)
    await starter.watch((last.body.data as { id: string }).id, hasEnded)
  })

  test('20 open streams; one that ends makes room', async () => {
    const glued = await cast.openTest('busy-glued')
    const { id } = await glued.order('https://magic.test/stuck.mp4')
    const open = async () => await glued.events(id)
    const streams: EventStream[] = []
    for (let i = 0; i < 20; i += 1) streams.push(await open())
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]))
    const refused = await glued.call('GET', `/tasks/${id}/events`)
    expectRefused(refused, /^Rate limit exceeded\. Limit: 20 open streams\. /)
    await streams.pop()?.[Symbol.asyncDispose]()
    streams.push(await roomFor(glued, id))
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()))
    await glued.cancel(id)
  })
})

/** The gateway hears of a client that went away a moment later. */
async function roomFor(who: Customer, id: string): Promise<EventStream> {
  for (let tries = 0; tries < 20; tries += 1) {
    const stream = await who.events(id)
    if (stream.status === 200) return stream
    await stream[Symbol.asyncDispose]()
    await sleep(100)
  }
  throw new Error('The place of an ended stream is not given back')
}
