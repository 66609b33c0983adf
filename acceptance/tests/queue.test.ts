import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Customer, Task } from '../src/customer.ts'
import { until } from '../src/patiently.ts'
import { haveTimedJob } from '../src/timed-job.ts'

const cast = await openCast({ name: 'queueing', plan: 'pro_monthly', credits: 1_000 })
const { stack, host, us, withKey } = cast
const neighbour = await cast.open('queueing-neighbour')

beforeAll(() => haveTimedJob(cast))
afterAll(() => cast[Symbol.asyncDispose]())

interface Waiting {
  who: Customer
  id: string
}

const read = ({ who, id }: Waiting): Promise<Task> => who.getTask(id)
const placeOf = async (one: Waiting) => (await read(one)).queue_position ?? 0

/** The same as `read`, of one gateway, from the list. */
async function listedBy(origin: string, { who, id }: Waiting): Promise<Task | undefined> {
  const { items } = await withKey(who.key, origin).list({ status: 'pending' })
  return items.find((task) => task.id === id)
}

/** A source that does not come until it is opened. */
const gate = async () => host.gated(await clip('base.mp4'), 'fetch')

/** The only slot is held by a job whose source does not come. */
async function holdSlot() {
  const held = await gate()
  const { id } = await us.order(held.url)
  await held.asked
  await us.watch(id, ({ stage }) => stage === 'fetching')
  return { who: us, id, open: held.open }
}

async function queueUp(who: Customer, url: string): Promise<Waiting> {
  const { id } = await who.order(url)
  return { who, id }
}

test('what waits says its place and its time, and moves up when what was before it is over', async () => {
  const running = await holdSlot()
  const gates = [await gate(), await gate()] as const
  const first = await queueUp(us, host.file(await clip('base.mp4')))
  const second = await queueUp(neighbour, gates[0].url) // of another account, and counted all the same
  const third = await queueUp(us, gates[1].url)
  const waiting = [first, second, third]

  const place = await placeOf(first)
  expect(place).toBeGreaterThanOrEqual(1)
  expect(await Promise.all(waiting.map(placeOf))).toEqual([place, place + 1, place + 2])
  expect(await read(running)).toMatchObject({ stage: 'fetching', queue_position: null })

  for (const origin of stack.gateways) {
    const readThere = ({ who, id }: Waiting) => withKey(who.key, origin).getTask(id)
    await until('what was ordered later is done later', async () => {
      const tasks = await Promise.all(waiting.map(readThere))
      const [a = 0, b = 0, c = 0] = tasks.map((task) => task.eta_seconds ?? 0)
      return 0 < a && a < b && b < c
    })
    for (const one of waiting) expect(await listedBy(origin, one)).toEqual(await readThere(one))
  }

  await us.cancel(first.id)
  expect(await read(first)).toMatchObject({ queue_position: null, eta_seconds: null })
  expect(await Promise.all([second, third].map(placeOf))).toEqual([place, place + 1])

  running.open()
  expect((await us.watch(running.id, hasEnded)).status).toBe('completed')
  await Promise.race(gates.map(({ asked }) => asked)) // which of them is next is Temporal's choice
  const left = async () =>
    (await Promise.all([second, third].map(placeOf))).toSorted((a, b) => a - b)
  await until('one has left the queue, and the other is next', async () =>
    isDeepStrictEqual(await left(), [0, place]),
  )

  for (const { open } of gates) open()
  for (const { who, id } of [running, second, third]) {
    const ended = { status: 'completed', queue_position: null, eta_seconds: null }
    expect(await who.watch(id, hasEnded)).toMatchObject(ended)
    expect((await who.list()).items.find((task) => task.id === id)).toMatchObject(ended)
  }
})
