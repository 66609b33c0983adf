import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { HeaderMap } from '../src/customer.ts'
import type { StreamEvent } from '../src/event-stream.ts'
import { until } from '../src/patiently.ts'
import { refusalOf } from '../src/refusal.ts'

const cast = await openCast({ name: 'listener', plan: 'pro_monthly', credits: 100 })
const { stack, operator } = cast
const key = await operator.openTestKey('listener')
const us = cast.withKey(key)
const [one = us, two = us] = stack.gateways.map((origin) => cast.withKey(key, origin))
let doneId: string

beforeAll(async () => {
  doneId = (await us.order('https://magic.test/ok.mp4')).id
  await us.watch(doneId, hasEnded)
})
afterAll(() => cast[Symbol.asyncDispose]())

const seqs = (events: readonly StreamEvent[]) => events.map(({ data }) => data.seq)
const isRising = (numbers: readonly number[]) =>
  numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0))

describe('from the start', () => {
  test('a task tells its whole life, each event once, and closes with the whole task', async () => {
    const { id } = await us.order('https://magic.test/ok.mp4')
    await using stream = await us.events(id)
    expect(stream.status).toBe(200)
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(stream.headers.get('x-accel-buffering')).toBe('no')
    expect(stream.headers.get('cache-control')).toContain('no-store')
    const events = await stream.rest()
    expect(stream.text()).toMatch(/^retry: 2000\n\n/)

    expect(isRising(seqs(events))).toBe(true)
    for (const event of events) {
      expect(event.id).toBe(event.data.seq)
      expect(event.event).toBe(event.data.type)
      expect(event.data.task.id).toBe(id)
      expect(event.data.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
    const types = events.map(({ event }) => event)
    expect(types[0]).toBe('task.created')
    expect(new Set(types.slice(1, -1))).toEqual(new Set(['task.stage', 'task.progress']))
    expect(types.at(-1)).toBe('task.completed')
    const stages = events.map(({ data }) => data.task.stage)
    expect([...new Set(stages)]).toEqual(['queued', ...stages.filter(isNews).slice(1)])
    expect(stages).toContain('upscaling')
    const progress = events.map(({ data }) => data.task.progress)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    expect(events.at(-1)?.data.task).toEqual(await us.getTask(id))
  })

  const isNews = (stage: string, i: number, all: readonly string[]) => all[i - 1] !== stage

  test('progress comes once a second at most', async () => {
    const { id } = await us.order('https://magic.test/slow.mp4')
    await using stream = await us.events(id)
    const times: number[] = []
    while (times.length < 5) {
      const event = await stream.next()
      if (event?.event === 'task.progress') times.push(Date.parse(event.data.at))
    }
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(800) // its clock is the database's, in steps of ours
    await us.cancel(id)
    const rest = await stream.rest()
    expect(rest.at(-1)?.event).toBe('task.canceled')
  })
})

describe('replay', () => {
  test('without an id, or with one that cannot be used, everything that is kept', async () => {
    for (const headers of [{}, { 'last-event-id': 'nonsense' }, { 'last-event-id': '999999' }]) {
      await using stream = await us.events(doneId, headers)
      const events = await stream.rest()
      expect(events[0]?.event).toBe('task.created')
      expect(events.at(-1)?.event).toBe('task.completed')
    }
  })

  test('with an id only what came after it; after the last one nothing can follow', async () => {
    await using whole = await us.events(doneId)
    const events = await whole.rest()
    const last = events.at(-1)?.id ?? 0
    const middle = events.at(-3)?.id ?? 0
    await using rest = await us.events(doneId, { 'last-event-id': String(middle) })
    expect(seqs(await rest.rest())).toEqual(seqs(events.slice(-2)))
    await using nothing = await us.events(doneId, { 'last-event-id': String(last) })
    expect(nothing.status).toBe(204)
  })

  test('as JSON, for who cannot read a stream', async () => {
    await using stream = await us.events(doneId)
    const events = (await stream.rest()).map(({ data }) => data)
    expect(await us.eventsAsJson(doneId)).toEqual({ items: events, ended: true })
    const [first] = events
    expect(await us.eventsAsJson(doneId, { after: first?.seq ?? 0 })).toEqual({
      items: events.slice(1),
      ended: true,
    })
    const last = events.at(-1)?.seq ?? 0
    expect(await us.eventsAsJson(doneId, { after: last })).toEqual({ items: [], ended: true })
    const odd = await us.call('GET', `/tasks/${doneId}/events?after=x`, {
      headers: { accept: 'application/json' },
    })
    expect(refusalOf(odd)).toMatchObject({ status: 400, code: 'INVALID_PARAMETER' })

    const { id } = await us.order('https://magic.test/stuck.mp4')
    const open = await until('an event was written', async () => {
      const answer = await us.eventsAsJson(id)
      return answer.items.length > 1 && answer
    })
    expect(open.ended).toBe(false)
    await us.cancel(id)
  })
})

/** What a client has that comes back until the end, each time to the other gateway. */
async function followAcross(id: string, disturb: (visit: number) => Promise<void>) {
  const events: StreamEvent[] = []
  const reconnects: StreamEvent[] = []
  for (let visit = 0; visit < 20; visit += 1) {
    const last = events.at(-1)?.id
    const headers: HeaderMap = last == null ? {} : { 'last-event-id': String(last) }
    const gateway = visit % 2 === 0 ? one : two
    await using stream = await until('the stream opens', () => gateway.events(id, headers))
    if (stream.status === 204) return { events, reconnects }
    let got = 0
    for (let event = await stream.next(); event; event = await stream.next()) {
      if (event.event === 'reconnect') {
        reconnects.push(event)
        continue
      }
      events.push(event)
      got += 1
      if (got === 2) await disturb(visit)
    }
  }
  throw new Error('It never ended')
}

/** No event twice, in order, and none missing but progress, of which only the newest is kept. */
async function expectWhole(id: string, events: readonly StreamEvent[]): Promise<void> {
  expect(isRising(seqs(events))).toBe(true)
  await using replayed = await us.events(id)
  const kept = await replayed.rest()
  const isKept = ({ event }: StreamEvent) => event !== 'task.progress'
  expect(seqs(events.filter(isKept))).toEqual(seqs(kept.filter(isKept)))
  expect(events.at(-1)?.data.task.status).toBe('completed')
}

describe('a stream that breaks', () => {
  test('a gateway that stops says so first, and the other one goes on: no gap, nothing twice', async () => {
    const { id } = await us.order('https://magic.test/retry.mp4')
    const { events, reconnects } = await followAcross(id, async (visit) => {
      if (visit === 0) await operator.kill('gateway', 'SIGTERM')
    })
    expect(reconnects).toHaveLength(1)
    expect(reconnects[0]?.id).toBeNull()
    await expectWhole(id, events)
  })

  test('a gateway that is killed cuts it, and the other one goes on: no gap, nothing twice', async () => {
    const { id } = await us.order('https://magic.test/retry.mp4')
    const { events, reconnects } = await followAcross(id, async (visit) => {
      if (visit === 0) await operator.kill('gateway')
      if (visit === 1) await operator.kill('gateway-2')
    })
    expect(reconnects).toEqual([])
    await expectWhole(id, events)
  })
})
