import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Task } from '../src/customer.ts'
import { engineProcesses } from '../src/engine-processes.ts'
import { openHands, stageOf } from '../src/kill-hands.ts'
import { until } from '../src/patiently.ts'
import { refusalOf } from '../src/refusal.ts'

const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const GRANT = 5_000
const PRICE = 48 // 3 s at 2x
const SAMPLE_PRICE = 6 * 28 // 5.28 s at 4x
const cast = await openCast({ name: 'fickle', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us } = cast
const testing = await cast.openTest('fickle')
const hands = openHands(stack)

afterAll(() => cast[Symbol.asyncDispose]())

const taskIn = ({ status, body }: Answer): Task => {
  expect(status).toBe(200)
  return body.data as Task
}
const linesOf = ({ cost }: Task) => cost.transactions.map(({ type, amount }) => [type, amount])

/** Canceled before anything was upscaled: it costs nothing. */
function expectFree(task: Task, price: number): void {
  expect(task).toMatchObject({
    status: 'canceled',
    result: null,
    output: null,
    eta_seconds: null,
    queue_position: null,
    error: { code: 'TASK_CANCELED', retryable: false, refunded_credits: price },
    cost: { credits: price, refunded_credits: price, net_credits: 0 },
  })
  expect(task.cancel_requested_at).toMatch(/^\d{4}-.*Z$/)
  expect(linesOf(task)).toEqual([
    ['debit', -price],
    ['refund', price],
  ])
}

test('while it waits and while its source is fetched: canceled at once, all credits back', async () => {
  const held = host.gated(await clip('base.mp4'), 'fetch')
  const fetching = await us.order(held.url)
  await held.asked
  await us.watch(fetching.id, ({ stage }) => stage === 'fetching')
  const waiting = await us.order(host.file(await clip('base.mp4')))
  expect(await us.getTask(waiting.id)).toMatchObject({ status: 'pending', queue_position: 1 })
  expect(await us.credits()).toBe(GRANT - 2 * PRICE)

  const canceled = taskIn(await us.cancel(waiting.id))
  expectFree(canceled, PRICE)
  expect(canceled.stage).toBe('queued')
  const stopped = taskIn(await us.cancel(fetching.id, { prefer: 'wait=20' }))
  expectFree(stopped, PRICE)
  expect(stopped.stage).toBe('fetching')
  held.open()
  expect(await us.credits()).toBe(GRANT)

  const again = taskIn(await us.cancel(waiting.id))
  expect(again).toEqual(await us.getTask(waiting.id)) // harmless, and the same task
  expect(again.cost).toEqual(canceled.cost)
  expect(await us.credits()).toBe(GRANT)
})

test('while it waits for an operator, so that no attempt runs: all credits back', async () => {
  const giveBack = await hands.takeFolder('work')
  const { id } = await us.order(host.file(await clip('base.mp4')))
  const run = operator.temporal.workflow.getHandle(id)
  await until('the job is parked', async () => {
    const { searchAttributes } = await run.describe()
    return searchAttributes['UpscaleStage']?.[0] === 'needs_attention'
  })
  await giveBack()
  expectFree(taskIn(await us.cancel(id, { prefer: 'wait=20' })), PRICE)
  await until('the run is over', async () => {
    const { status } = await run.describe()
    return status.name === 'COMPLETED' // as its customer wanted
  })
  expect(await us.credits()).toBe(GRANT)
})

test('at 50 % of the upscaling: half of the price comes back, rounded for us', async () => {
  const before = await testing.credits()
  const { id } = await testing.order('https://magic.test/stuck.mp4')
  await testing.watch(id, ({ stage, progress }) => stage === 'upscaling' && progress >= 0.5)
  const asked = taskIn(await testing.cancel(id))
  expect(asked).toMatchObject({ status: 'processing', stage: 'upscaling' })
  expect(asked.cancel_requested_at).not.toBeNull()
  const repeated = taskIn(await testing.cancel(id))
  expect(repeated.cancel_requested_at).toBe(asked.cancel_requested_at)
  const task = await testing.watch(id, hasEnded, 20_000)
  expect(task).toMatchObject({
    status: 'canceled',
    stage: 'upscaling',
    error: { code: 'TASK_CANCELED', refunded_credits: 72 },
    cost: { credits: 144, refunded_credits: 72, net_credits: 72 },
  })
  expect(linesOf(task)).toEqual([
    ['debit', -144],
    ['refund', 72],
  ])
  expect(await testing.credits()).toBe(before - 72)
})

test('a real upscaling stops within seconds, its part is paid, and the next job begins', async () => {
  const { id } = await us.order(host.file(SAMPLE), { upscale_factor: '4' })
  const running = await us.watch(
    id,
    ({ stage, progress }) => stage === 'upscaling' && progress > 0.2,
  )
  expect(await engineProcesses(stack)).not.toEqual([])
  const began = Date.now()
  taskIn(await us.cancel(id))
  const task = await us.watch(id, hasEnded, 20_000)
  expect(task.status).toBe('canceled')
  expect(await engineProcesses(stack)).toEqual([])
  expect(Date.now() - began).toBeLessThan(10_000)

  const refund = task.cost.refunded_credits
  const percents = Array.from({ length: 101 }, (_, percent) => percent)
  const refunds = percents.map(
    (percent) => SAMPLE_PRICE - Math.ceil((SAMPLE_PRICE * percent) / 100),
  )
  const percent = refunds.indexOf(refund)
  // Of the whole progress the upscaling has the band from 0.15 to 0.9.
  expect(percent).toBeGreaterThanOrEqual(Math.floor(((running.progress - 0.15) / 0.75) * 100))
  expect(percent).toBeLessThan(100)
  expect(task.cost.net_credits).toBe(SAMPLE_PRICE - refund)
  expect(await us.credits()).toBe(GRANT - SAMPLE_PRICE + refund)

  const next = await us.order(host.file(await clip('still.mp4')))
  expect((await us.watch(next.id, hasEnded, 30_000)).status).toBe('completed')
})

test('while the result is made ready, and after the end: refused, and nothing changes', async () => {
  const giveBack = await hands.takeFolder('objects', 'results')
  const { id } = await us.order(host.file(await clip('base.mp4')))
  const run = operator.temporal.workflow.getHandle(id)
  await until('its result is made ready', async () => {
    const { raw } = await run.describe()
    return stageOf(raw.pendingActivities ?? []) === 'finalizing'
  })
  const before = await us.credits()
  const answer = await us.cancel(id)
  await giveBack()
  expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'TASK_NOT_CANCELABLE' })
  expect(answer.body.error?.message).toBe('Task is already finalizing')
  const done = await us.watch(id, hasEnded)
  expect(done).toMatchObject({ status: 'completed', cost: { refunded_credits: 0 } })

  const late = await us.cancel(id)
  expect(late.body.error?.message).toBe('Task is already completed')
  const failed = await us.order(host.file(await clip('broken.mp4')))
  await us.watch(failed.id, hasEnded)
  expect((await us.cancel(failed.id)).body.error?.message).toBe('Task is already failed')
  expect(await us.getTask(id)).toEqual(done)
  expect(await us.credits()).toBe(before)
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
