import { afterAll, expect, test } from '@jest/globals'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { AccountId, ChargeState, Finding, TaskId, TaskStatus } from '@upscale/types'
import type { ChargeFacts, JobState } from '../src/activities.ts'
import { reconcileBench } from './reconcile-bench.ts'

const bench = await reconcileBench()
afterAll(() => bench[Symbol.asyncDispose]())

const HOUR_AGO = Date.now() - 3_600_000
const CLOSED = { state: 'closed', closedAtMs: HOUR_AGO } as const
const ACCOUNT = 'c:live' as AccountId
const id = (name: string | number) => `task_${String(name).padStart(16, '0')}` as TaskId

const charge = (name: string | number, state: ChargeState, generation = 1): ChargeFacts => ({
  taskId: id(name),
  generation,
  accountId: ACCOUNT,
  state,
})
const job = (name: string | number, run: JobState['run'], status: TaskStatus | null): JobState => ({
  taskId: id(name),
  accountId: ACCOUNT,
  run,
  status,
})

async function pass(input: Parameters<typeof bench.start>[0] = {}) {
  return await (await bench.start(input)).result()
}

test('books that are right stay untouched', async () => {
  const { world, records } = bench.begin({
    charges: [charge('runs', 'debited'), charge('done', 'settled'), charge('back', 'refunded')],
    jobs: [
      job('runs', { state: 'running' }, 'processing'),
      job('done', CLOSED, 'completed'),
      job('back', CLOSED, 'failed'),
    ],
  })
  expect(await pass()).toEqual({
    openCharges: 1,
    refunded: [],
    reversed: [],
    endedTasks: [],
    findings: [],
  })
  expect(world.charges.map(({ state }) => state)).toEqual(['debited', 'settled', 'refunded'])
  expect(records).toEqual([])
})

test('a terminated job is refunded and its task ended; one that closed a moment ago waits', async () => {
  const { world, records, refunds } = bench.begin({
    charges: [charge('dead', 'debited', 2), charge('fresh', 'debited')],
    jobs: [
      job('dead', CLOSED, 'processing'),
      job('fresh', { state: 'closed', closedAtMs: Date.now() }, 'processing'),
    ],
  })
  expect(await pass()).toMatchObject({ openCharges: 2, refunded: [id('dead')], findings: [] })
  expect(refunds).toEqual([
    {
      taskId: id('dead'),
      generation: 2,
      accountId: ACCOUNT,
      code: 'GENERATION_FAILED',
      donePercent: 0,
      actor: 'reconciler',
    },
  ])
  expect(records).toMatchObject([
    { taskId: id('dead'), status: 'failed', error: { code: 'GENERATION_FAILED', key: 'stopped' } },
  ])
  expect(world.charges.map(({ state }) => state)).toEqual(['refunded', 'debited'])
})

test('a row that was left running is ended, though its charge is closed; without an order nothing is shown', async () => {
  const { records } = bench.begin({
    charges: [charge('left', 'refunded'), charge('nobody', 'debited')],
    jobs: [
      job('left', CLOSED, 'processing'),
      { ...job('nobody', { state: 'unknown' }, null), accountId: null },
    ],
  })
  const report = await pass()
  expect(report).toMatchObject({ refunded: [id('nobody')], endedTasks: [id('left')] })
  expect(records.map(({ taskId }) => taskId)).toEqual([id('left')])
})

test('settled and never delivered is reversed', async () => {
  const { world, records } = bench.begin({
    charges: [
      charge('lost', 'settled'),
      charge('kept', 'settled'),
      charge('canceled', 'settled'),
      charge('late', 'settled'),
    ],
    jobs: [
      job('lost', CLOSED, 'processing'),
      job('kept', CLOSED, 'completed'),
      job('canceled', CLOSED, 'canceled'),
      job('late', { state: 'running' }, 'processing'),
    ],
  })
  expect(await pass()).toMatchObject({ reversed: [id('lost')], endedTasks: [], findings: [] })
  expect(world.charges.map(({ state }) => state)).toEqual([
    'reversed',
    'settled',
    'settled',
    'settled',
  ])
  expect(records).toMatchObject([{ taskId: id('lost'), status: 'failed' }])
})

test('delivered and unpaid raises an alarm, pass after pass, until somebody has decided', async () => {
  const { world } = bench.begin({
    charges: [charge('free', 'refunded')],
    jobs: [job('free', CLOSED, 'completed')],
  })
  const alarm = { check: 'delivered_unpaid', subject: id('free') }
  expect((await pass()).findings).toMatchObject([alarm])
  const outOfWindow = { listDelivered: async () => ({ items: [], next: null }) }
  const later = bench.begin(world, outOfWindow)
  expect((await pass()).findings).toMatchObject([alarm])
  later.world.charges.push(charge('free', 'waived', 2))
  expect((await pass()).findings).toEqual([])
  expect(later.records).toEqual([])
})

test('delivered with an open charge is settled by a reset, never refunded', async () => {
  const { world } = bench.begin({
    charges: [charge('odd', 'debited')],
    jobs: [job('odd', CLOSED, 'completed')],
  })
  expect((await pass()).findings).toEqual([
    {
      check: 'delivered_unpaid',
      subject: id('odd'),
      problem:
        'Delivered, and its charge is still open: reset its workflow in Temporal, which settles it.',
    },
  ])
  expect(world.charges.map(({ state }) => state)).toEqual(['debited'])
  bench.begin(world, { findUnpaid: async () => [] }) // an operator has decided
  expect((await pass()).refunded).toEqual([id('odd')])
})

test('each list is asked for what is due by its clock', async () => {
  const asked: Record<string, unknown> = {}
  const none = (name: string) => async (page: object) => {
    asked[name] = page
    return { items: [], next: null }
  }
  bench.begin(
    {},
    {
      listOpenCharges: none('openCharges'),
      listSettledCharges: none('settledCharges'),
      listOpenJobs: none('openJobs'),
      listDelivered: none('delivered'),
    },
  )
  const handle = await bench.start({
    openAfterMs: 1_000,
    closedForMs: 20_000,
    undeliveredAfterMs: 300_000,
    windowMs: 4_000_000,
  })
  await handle.result()
  const began = (await handle.describe()).startTime.getTime()
  const { fromMs, toMs } = asked['settledCharges'] as { fromMs: number; toMs: number }
  const delivered = asked['delivered'] as { fromMs: number; toMs: number }
  expect(asked['openCharges']).toEqual({ limit: 50, olderThanMs: 1_000 })
  expect(asked['openJobs']).toEqual({ limit: 50, olderThanMs: 1_000 })
  expect(toMs - fromMs).toBe(4_000_000)
  expect(Math.abs(began - 300_000 - toMs)).toBeLessThan(5_000)
  expect(delivered.toMs - delivered.fromMs).toBe(4_000_000)
  expect(Math.abs(began - 20_000 - delivered.toMs)).toBeLessThan(5_000)
})

test('a job that was reset while the pass was busy is left alone', async () => {
  let looks = 0
  const { world, records } = bench.begin(
    { charges: [charge('back', 'debited')], jobs: [job('back', CLOSED, 'processing')] },
    {
      readJobs: async () => {
        looks += 1
        return [job('back', looks > 1 ? { state: 'running' } : CLOSED, 'processing')]
      },
    },
  )
  expect(await pass()).toMatchObject({ openCharges: 1, refunded: [], findings: [] })
  expect(world.charges.map(({ state }) => state)).toEqual(['debited'])
  expect(records).toEqual([])
})

test('a charge that a reset settled a moment ago is neither noted as refunded nor ended', async () => {
  const { world, records } = bench.begin({
    charges: [charge('just', 'debited')],
    jobs: [job('just', { state: 'closed', closedAtMs: Date.now() - 180_000 }, 'processing')],
  })
  bench.begin(world, {
    refund: async () => {
      for (const it of world.charges) it.state = 'settled'
      return { state: 'settled', givenBack: 0 }
    },
    listSettledCharges: async () => ({ items: [], next: null }), // it has an hour
    recordTask: async (change) => void records.push(change),
  })
  expect(await pass()).toMatchObject({ refunded: [], reversed: [], endedTasks: [], findings: [] })
  expect(records).toEqual([])
})

test('a row whose job is long over is ended with its settled charge, however old that is', async () => {
  const long = { state: 'closed', closedAtMs: HOUR_AGO - 60_000 } as const
  const { world } = bench.begin(
    {
      charges: [charge('old', 'settled'), charge('new', 'settled')],
      jobs: [
        job('old', long, 'processing'),
        job('new', { state: 'closed', closedAtMs: Date.now() - 180_000 }, 'processing'),
      ],
    },
    { listSettledCharges: async () => ({ items: [], next: null }) }, // out of the window
  )
  expect(await pass()).toMatchObject({ reversed: [id('old')], endedTasks: [], findings: [] })
  expect(world.charges.map(({ state }) => state)).toEqual(['reversed', 'settled'])
})

test('a reversal that failed is tried again, though its charge has left the window', async () => {
  const world = {
    charges: [charge('stuck', 'settled')],
    jobs: [job('stuck', CLOSED, 'failed')],
    findings: [],
  }
  const first = bench.begin(world, {
    reverse: async () => {
      throw ApplicationFailure.nonRetryable('no account')
    },
  })
  expect((await pass()).findings).toMatchObject([{ check: 'undelivered', subject: id('stuck') }])
  bench.begin(first.world, { listSettledCharges: async () => ({ items: [], next: null }) })
  expect(await pass()).toMatchObject({ reversed: [id('stuck')], findings: [] })
})

test('where the gateway does not answer, the books are proven and old findings stand', async () => {
  const old: Finding = { check: 'delivered_unpaid', subject: id('free'), problem: 'old' }
  const wrong: Finding = { check: 'books', subject: 'c:live', problem: 'does not add up' }
  const away = async () => {
    throw ApplicationFailure.nonRetryable('away')
  }
  const { world } = bench.begin(
    { findings: [old], charges: [charge('dead', 'debited')] },
    { readJobs: away, listOpenJobs: away, listDelivered: away, proveBooks: async () => [wrong] },
  )
  const failed = (await pass().catch((error: unknown) => error)) as WorkflowFailedError
  expect(failed.cause).toMatchObject({
    type: 'INCOMPLETE_PASS',
    message: 'The pass could not compare everything: away',
  })
  const notCompared = (check: Finding['check']): Finding => ({
    check,
    subject: 'not compared',
    problem: 'This pass could not compare it: away',
  })
  expect(world.findings).toEqual([
    wrong,
    notCompared('open_charge'),
    notCompared('undelivered'),
    notCompared('delivered_unpaid'),
    old,
  ])
})

test('too many jobs without a workflow stop the pass until an operator confirms', async () => {
  const names = Array.from({ length: 25 }, (_, i) => i)
  const { world } = bench.begin({
    charges: [...names.map((name) => charge(name, 'debited')), charge('dead', 'debited')],
    jobs: [
      ...names.map((name) => job(name, { state: 'unknown' }, 'processing')),
      job('dead', CLOSED, 'processing'),
    ],
  })
  const failed = await pass().catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(WorkflowFailedError)
  expect((failed as WorkflowFailedError).cause).toMatchObject({
    type: 'LOST_JOBS',
  })
  expect(world.findings).toMatchObject([
    {
      check: 'lost_jobs',
      subject: 'open charges',
      problem: expect.stringContaining('25 of 26 open charges have no workflow here'),
    },
  ])
  expect(world.charges.filter(({ state }) => state === 'refunded')).toMatchObject([
    { taskId: id('dead') },
  ])
  const confirmed = await pass({ confirmLost: true })
  expect(confirmed.refunded).toHaveLength(25)
  expect(world.findings).toEqual([])
})

test('a repair that does not come about is a finding, and the rest goes on', async () => {
  bench.begin(
    {
      charges: [charge('stuck', 'debited'), charge('dead', 'debited')],
      jobs: [job('stuck', CLOSED, 'processing'), job('dead', CLOSED, 'processing')],
    },
    {
      refund: async ({ taskId }) => {
        if (taskId === id('stuck')) throw ApplicationFailure.nonRetryable('no account')
        return { state: 'refunded', givenBack: 48 }
      },
    },
  )
  const report = await pass()
  expect(report.refunded).toEqual([id('dead')])
  expect(report.findings).toEqual([
    { check: 'open_charge', subject: id('stuck'), problem: 'The repair failed: no account' },
  ] satisfies Finding[])
})

test('what the night found stands until the next night; the night looks at everything', async () => {
  const old: Finding = { check: 'audit', subject: 'd:live', problem: 'old' }
  const { world } = bench.begin({ findings: [old] })
  expect((await pass()).findings).toEqual([])
  expect(world.findings).toEqual([old])
  expect((await pass({ audit: true })).findings).toMatchObject([{ subject: 'c:live' }])
  expect(world.findings).toMatchObject([{ check: 'audit', subject: 'c:live' }])
})

test('a night without its audit is a finding, beside those of the night before', async () => {
  const old: Finding = { check: 'audit', subject: 'd:live', problem: 'old' }
  const { world } = bench.begin(
    { findings: [old] },
    {
      auditBooks: async () => {
        throw ApplicationFailure.nonRetryable('canceling statement')
      },
    },
  )
  await pass({ audit: true })
  expect(world.findings).toEqual([
    old,
    {
      check: 'audit',
      subject: 'audit',
      problem: 'The nightly look at everything did not come about: canceling statement',
    },
  ])
})
