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
    message: expect.stringContaining('25 of 26 open charges have no workflow here'),
  })
  expect(world.findings).toMatchObject([{ check: 'lost_jobs', subject: 'open charges' }])
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
  expect((await pass()).findings).toEqual([old])
  expect((await pass({ audit: true })).findings).toMatchObject([{ subject: 'c:live' }])
  expect(world.findings).toMatchObject([{ check: 'audit', subject: 'c:live' }])
})
