import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { median, testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { sql } from 'kysely'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import type { TaskId } from '@upscale/types'
import { insertOrder } from './insert-order.ts'
import { media } from './job-facts.ts'
import { hasEndedIn, readEvents } from './event-reader.ts'
import type { EventReader, SeenEvent } from './event-reader.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

type Customer = Awaited<ReturnType<TestGateway['customer']>>

let temporal: TestTemporal
let gateway: TestGateway
let other: Awaited<ReturnType<TestGateway['another']>>
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable | undefined

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  other = await gateway.another()
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

/** The gateway's own activities; before the first call nothing is recorded. */
async function recording(): Promise<void> {
  worker ??= await startWorker(workerCtx, gateway.workerConfig)
}

async function create(customer: Customer, name: string): Promise<string> {
  const { status, body } = await customer.post('/api/v1/tools/upscale-video', {
    video_url: `http://origin:9000/${name}`,
  })
  expect(status).toBe(200)
  return body.data.id
}

/** A task that waits for a worker, created so many minutes after the epoch. */
async function waiting({ accountId }: Customer, minutes: number): Promise<TaskId> {
  const taskId = `task_${String(minutes).padStart(24, '0')}` as TaskId
  await insertOrder(gateway.ctx.db, {
    taskId,
    accountId,
    livemode: true,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/',
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(minutes * 60_000),
  })
  const price = {
    creditsUsed: 144,
    creditsRemaining: 856,
    creditsPerSecond: 16,
    debitId: `txn_${String(minutes).padStart(24, '0')}`,
  }
  const change = { status: 'pending', stage: 'queued', media, price } as const
  await recordTask(workerCtx, { taskId, accountId, at: minutes * 60_000, ...change })
  return taskId
}

const pathOf = (id: string) => `/api/v1/tasks/${id}/events`
const open = (
  customer: Customer,
  id: string,
  headers: Record<string, string> = {},
  origin = gateway.origin,
) =>
  readEvents(gateway.check, origin + pathOf(id), {
    authorization: `Bearer ${customer.key}`,
    ...headers,
  })
const seqs = (events: readonly SeenEvent[]) => events.map(({ id }) => id)
const isRising = (numbers: readonly (number | undefined)[]) =>
  numbers.every((number, i) => i === 0 || (number ?? 0) > (numbers[i - 1] ?? 0))

/** Ends every connection on which a gateway listens. */
const cutListeners = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query = 'listen task_event' or query = 'select 1'`.execute(
    workerCtx.db,
  )

describe('a stream', () => {
  test('begins before anything is recorded, and ends with the whole task', async () => {
    const customer = await gateway.customer('whole', { balance: 10_000 })
    const id = await create(customer, 'slow.mp4')
    await using stream = await open(customer, id)
    await using elsewhere = await open(customer, id, {}, other.origin)
    expect(stream.status).toBe(200)
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'request-id': expect.stringMatching(/^req_/),
    })
    await sleep(200)
    expect(stream.reader.text).toBe('retry: 2000\n\n')

    await recording()
    await stream.until((events) => events.some(({ data }) => data.task.stage === 'upscaling'))
    steps.release(id)
    await stream.until(hasEndedIn)
    await Promise.all([stream.closed, elsewhere.closed])
    expect(elsewhere.events.map(({ data }) => data)).toEqual(stream.events.map(({ data }) => data))

    const first = stream.events[0]
    expect(first).toMatchObject({
      id: 1,
      event: 'task.created',
      data: {
        seq: 1,
        type: 'task.created',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        task: {
          id,
          status: 'pending',
          stage: 'queued',
          progress: 0,
          eta_seconds: null,
          queue_position: 1,
        },
      },
    })
    expect(Object.keys(first?.data ?? {})).toEqual(['seq', 'type', 'at', 'task'])
    expect(isRising(seqs(stream.events))).toBe(true)
    for (const { id: seq, event, data } of stream.events) {
      expect([data.seq, data.type]).toEqual([seq, event])
    }
    const task = (await customer.get(`/api/v1/tasks/${id}`)).body.data
    const last = stream.events.at(-1)
    expect(last).toMatchObject({ event: 'task.completed', data: { at: task.completed_at } })
    expect(last?.data.task).toEqual(task)
  })

  test('of a task that has ended tells all again, goes on behind an id, and has nothing more to say', async () => {
    await recording()
    const customer = await gateway.customer('ended')
    const id = await create(customer, 'ok.mp4')
    await using live = await open(customer, id)
    await live.closed
    const last = live.events.at(-1)?.id ?? 0
    await using again = await open(customer, id)
    await again.closed
    expect(again.events.at(-1)).toMatchObject({ id: last, event: 'task.completed' })
    expect(again.events[0]).toMatchObject({ id: 1, event: 'task.created' })
    await using behind = await open(customer, id, { 'last-event-id': '1' })
    await behind.closed
    expect(seqs(behind.events)).toEqual(seqs(again.events).slice(1))
    await using over = await open(customer, id, { 'last-event-id': String(last) })
    expect([over.status, over.reader.text]).toEqual([204, ''])
    const firstBytes: number[] = []
    for (const unusable of ['x', '-1', '1.5', String(last + 1), '9'.repeat(20)]) {
      await using whole = await open(customer, id, { 'last-event-id': unusable })
      await whole.closed
      expect(seqs(whole.events)).toEqual(seqs(again.events))
      firstBytes.push(whole.reader.firstByteMs)
    }
    expect(median(firstBytes)).toBeLessThan(200)
  })

  test('of a failed task that an operator runs again goes on behind its end', async () => {
    await recording()
    const customer = await gateway.customer('again')
    const id = await create(customer, 'mends.mp4')
    await using first = await open(customer, id)
    await first.closed
    const failed = first.events.at(-1)
    expect(failed?.event).toBe('task.failed')
    steps.release(id)
    const because = { reason: 'mended', actor: 'ada' }
    const rerun = () => gateway.operate(`/tasks/${id}/rerun`, because)
    for (const end = Date.now() + 5_000; (await rerun()).status !== 200; await sleep(50)) {
      if (Date.now() > end) throw new Error('Its run is not over')
    }
    const behind = () => open(customer, id, { 'last-event-id': String(failed?.id) })
    await using second = await untilStatus(behind, 200)
    await second.until(hasEndedIn)
    expect(second.events.at(-1)?.event).toBe('task.completed')
    expect(second.events[0]?.id).toBe((failed?.id ?? 0) + 1)
    expect(isRising(seqs([...first.events, ...second.events]))).toBe(true)
  })

  test('loses and repeats nothing when the connection to the database is cut again and again', async () => {
    await recording()
    const customer = await gateway.customer('cut')
    const id = await create(customer, 'steady.mp4')
    await using stream = await open(customer, id)
    await using elsewhere = await open(customer, id, {}, other.origin)
    await stream.until((events) => events.some(({ event }) => event === 'task.progress'))
    for (let times = 0; times < 3; times += 1) {
      await cutListeners()
      await sleep(700)
    }
    steps.release(id)
    await cutListeners()
    await stream.until(hasEndedIn)
    await elsewhere.until(hasEndedIn)
    for (const { events } of [stream, elsewhere]) {
      expect(isRising(seqs(events))).toBe(true)
      expect(events[0]?.id).toBe(1)
      expect(events.at(-1)?.event).toBe('task.completed')
    }
    const kept = await customer.get(pathOf(id), { accept: 'application/json' })
    const { items } = kept.body.data as unknown as { items: { seq: number }[] }
    for (const { seq } of items) expect(seqs(stream.events)).toContain(seq)
  })

  test('that breaks at every event says the same as one that does not', async () => {
    await recording()
    const customer = await gateway.customer('joined')
    const id = await create(customer, 'steady.mp4')
    await using uncut = await open(customer, id)
    const joined: SeenEvent[] = []
    while (!hasEndedIn(joined)) {
      const last = joined.at(-1)?.id
      const headers = last === undefined ? {} : { 'last-event-id': String(last) }
      const origin = joined.length % 2 === 0 ? gateway.origin : other.origin
      await using piece = await open(customer, id, headers, origin)
      await piece.until((events) => events.length > 0)
      joined.push(...piece.events.slice(0, 1))
      if (joined.length === 6) steps.release(id)
    }
    await uncut.closed
    expect(isRising(seqs(joined))).toBe(true)
    const steady = (events: readonly SeenEvent[]) =>
      events.flatMap(({ event, data }) => (event === 'task.progress' ? [] : [data]))
    expect(steady(joined)).toEqual(steady(uncut.events))
    const all = new Map(uncut.events.map(({ id: seq, data }) => [seq, data]))
    for (const { id: seq, data } of joined) expect(data).toEqual(all.get(seq))
  })

  test('brings progress each second, and pings', async () => {
    await recording()
    const customer = await gateway.customer('steady')
    const id = await create(customer, 'steady.mp4')
    await using stream = await open(customer, id)
    const progress = (events: readonly SeenEvent[]) =>
      events.filter(({ event }) => event === 'task.progress')
    await stream.until((events) => progress(events).length >= 8, 40_000)
    const seen = progress(stream.events).slice(1)
    const gaps = seen
      .slice(1)
      .map(({ data }, i) => Date.parse(data.at) - Date.parse(seen[i]?.data.at ?? ''))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2_000)
    const shares = seen.map(({ data }) => data.task.progress)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    for (
      const end = Date.now() + 16_000;
      !stream.reader.text.includes(': ping\n\n');
      await sleep(50)
    ) {
      if (Date.now() > end) throw new Error('There was no ping')
    }
    steps.release(id)
    await stream.closed
  }, 60_000)

  test('tells who waits when the queue moves', async () => {
    const customer = await gateway.customer('queue')
    const first = await waiting(customer, 1)
    const second = await waiting(customer, 2)
    await using stream = await open(customer, second)
    await stream.until((events) => events.length === 1)
    const { changedAt } = await gateway.ctx.db
      .selectFrom('gateway.task')
      .select('changedAt')
      .where('taskId', '=', second)
      .executeTakeFirstOrThrow()
    await workerCtx.tellPlace({ taskId: second, changedAt })
    const { db } = gateway.ctx
    await db.deleteFrom('gateway.taskOrder').where('taskId', '=', first).execute()
    await workerCtx.tellPlace({ taskId: second, changedAt })
    await workerCtx.tellPlace({ taskId: second, changedAt })
    await stream.until((events) => events.length === 2)
    expect(stream.events.map(({ event, data }) => [event, data.task.queue_position])).toEqual([
      ['task.created', 2],
      ['task.progress', 1],
    ])
    await db.deleteFrom('gateway.taskOrder').where('taskId', '=', second).execute()
  })

  test('ends within 5 s of the revocation of its key, and no other', async () => {
    await recording()
    const customer = await gateway.customer('revoked')
    const same = await gateway.customer('revoked')
    const id = await create(customer, 'slow.mp4')
    await using stream = await open(customer, id)
    await using kept = await open(same, id)
    const began = Date.now()
    const revoked = await gateway.operate(`/keys/${customer.keyId}/revoke`, {
      reason: 'leaked',
      actor: 'ada',
    })
    expect(revoked.status).toBe(200)
    await stream.closed
    expect(Date.now() - began).toBeLessThan(5_000)
    expect(kept.reader.isClosed).toBe(false)
    steps.release(id)
    await kept.closed
    expect(kept.events.at(-1)?.event).toBe('task.completed')
  })

  test('answers a HEAD at once', async () => {
    await recording()
    const customer = await gateway.customer('head')
    const id = await create(customer, 'slow.mp4')
    const headers = { authorization: `Bearer ${customer.key}` }
    const head = await gateway.call(pathOf(id), { method: 'HEAD', headers })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    steps.release(id)
  })
})

describe('the 20 streams of an account', () => {
  test('are counted over all gateways, and a closed one makes room', async () => {
    await recording()
    const customer = await gateway.customer('crowd', { balance: 10_000 })
    const id = await create(customer, 'slow.mp4')
    const origins = [gateway.origin, other.origin]
    await using parts = new AsyncDisposableStack()
    const tried = await Promise.all(
      Array.from({ length: 26 }, (_, i) => open(customer, id, {}, origins[i % 2])),
    )
    for (const stream of tried) parts.use(stream)
    expect(tried.filter(({ status }) => status === 200)).toHaveLength(20)
    const refused = tried.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(6)
    const again = await customer.get(pathOf(id))
    expect(again).toMatchObject({
      status: 429,
      body: {
        error: {
          code: 'RATE_LIMITED',
          retryable: true,
          message: expect.stringContaining('20 open streams'),
        },
      },
    })
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    const someone = await gateway.customer('someone')
    await using theirs = await open(someone, await create(someone, 'ok.mp4'))
    expect(theirs.status).toBe(200)

    const mine = tried.find(
      ({ status, response }) => status === 200 && response.url.startsWith(other.origin),
    )
    await mine?.[Symbol.asyncDispose]()
    await using late = await untilStatus(() => open(customer, id), 200)
    expect(late.status).toBe(200)
    steps.release(id)
  })

  test('those of a gateway that died count no more after 30 s', async () => {
    await recording()
    const customer = await gateway.customer('died')
    const id = await create(customer, 'slow.mp4')
    const { db } = gateway.ctx
    const row = { gatewayId: 'dead', accountId: customer.accountId, streams: 20 }
    await db
      .insertInto('gateway.openStream')
      .values({ ...row, seenAt: new Date() })
      .execute()
    expect((await customer.get(pathOf(id))).status).toBe(429)
    const seenAt = new Date(Date.now() - 31_000)
    await db
      .updateTable('gateway.openStream')
      .set({ seenAt })
      .where('gatewayId', '=', 'dead')
      .execute()
    await using stream = await open(customer, id)
    expect(stream.status).toBe(200)
    steps.release(id)
    await stream.closed
  })

  test('a process that is full says so', async () => {
    await recording()
    await using small = await gateway.another({ EVENT_STREAMS_MAX: '1' })
    const customer = await gateway.customer('full')
    const id = await create(customer, 'slow.mp4')
    await using first = await open(customer, id, {}, small.origin)
    await using second = await open(customer, id, {}, small.origin)
    expect([first.status, second.status]).toEqual([200, 503])
    steps.release(id)
  })
})

describe('as JSON', () => {
  const json = { accept: 'application/json' }

  test('lists events by number, and says when none can follow', async () => {
    await recording()
    const customer = await gateway.customer('json')
    const id = await create(customer, 'slow.mp4')
    await using stream = await open(customer, id)
    await stream.until((events) => events.some(({ data }) => data.task.stage === 'upscaling'))
    const running = await customer.get(pathOf(id), json)
    expect(running.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(running.body.data).toMatchObject({ ended: false })
    steps.release(id)
    await stream.closed
    const all = (await customer.get(`${pathOf(id)}?after=0`, json)).body.data as never as {
      items: SeenEvent['data'][]
      ended: boolean
    }
    expect(all.ended).toBe(true)
    expect(isRising(all.items.map(({ seq }) => seq))).toBe(true)
    expect(all.items.at(-1)).toEqual(stream.events.at(-1)?.data)
    const last = all.items.at(-1)?.seq ?? 0
    const rest = await customer.get(`${pathOf(id)}?after=${last - 1}`, json)
    expect(rest.body.data).toEqual({ items: [all.items.at(-1)], ended: true })
    const none = await customer.get(`${pathOf(id)}?after=${last}`, json)
    expect(none.body.data).toEqual({ items: [], ended: true })
  })

  test.each(['x', '-1', '1.5', '', '1&after=2', '99999999999'])(
    'after=%s is refused',
    async (after) => {
      await recording()
      const customer = await gateway.customer(`after-${after.length}`)
      const id = await create(customer, 'ok.mp4')
      expect(await customer.get(`${pathOf(id)}?after=${after}`, json)).toMatchObject({
        status: 400,
        body: { error: { code: 'INVALID_PARAMETER', param: 'after' } },
      })
    },
  )

  test.each(['application/json', 'text/event-stream'])(
    'a foreign task is missing: %s',
    async (accept) => {
      await recording()
      const owner = await gateway.customer('owner')
      const id = await create(owner, 'ok.mp4')
      const stranger = await gateway.customer('stranger')
      expect(await stranger.get(pathOf(id), { accept })).toMatchObject({
        status: 404,
        body: { error: { code: 'TASK_NOT_FOUND' } },
      })
    },
  )
})

/** Asks until it is answered so. */
async function untilStatus(ask: () => Promise<EventReader>, status: number): Promise<EventReader> {
  for (const end = Date.now() + 5_000; ; await sleep(50)) {
    const stream = await ask()
    if (stream.status === status) return stream
    await stream[Symbol.asyncDispose]()
    if (Date.now() > end) throw new Error(`Still ${stream.status}`)
  }
}
