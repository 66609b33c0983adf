import { expect, test } from '@jest/globals'
import type { ChargeState, ChargeView, TaskId, TaskStatus } from '@upscale/types'
import type { JobRun } from '../tasks/job-run.ts'
import type { Job } from './find-job.ts'
import { cancel } from './cancel.ts'
import { caseOf, refusalOf } from './job-case.ts'
import { refund } from './refund.ts'
import { rerun } from './rerun.ts'
import { retry } from './retry.ts'
import { reverse } from './reverse.ts'

const RUNNING: JobRun = { state: 'running', isParked: false }
const PARKED: JobRun = { state: 'running', isParked: true }
const FAILED: JobRun = { state: 'closed', closedAtMs: 1, isCompleted: false }
const UNKNOWN: JobRun = { state: 'unknown' }

const charge = (generation: number, state: ChargeState, givenBack = 0): ChargeView => ({
  generation,
  state,
  credits: state === 'voided' ? null : 144,
  givenBack,
  reason: null,
  createdAt: '2026-11-26T09:00:00.000Z',
  closedAt: null,
})

const job = (run: JobRun, status: TaskStatus | null, ...charges: ChargeView[]): Job => ({
  taskId: 'task_abc' as TaskId,
  order: {} as Job['order'], // no rule reads it
  run,
  status,
  parkedAt: null,
  charges,
})

test.each([
  [job(PARKED, 'processing'), 'parked'],
  [job(PARKED, 'completed'), 'parked'],
  [job(RUNNING, 'completed'), 'running'],
  [job(FAILED, 'completed', charge(1, 'settled')), 'delivered'],
  [job(UNKNOWN, 'canceled', charge(1, 'refunded', 100)), 'canceled'],
  [job(UNKNOWN, 'processing', charge(1, 'debited')), 'open_charge'],
  [job(FAILED, 'failed', charge(1, 'refunded', 144), charge(2, 'debited')), 'open_charge'],
  [job(FAILED, 'processing', charge(1, 'settled'), charge(2, 'voided')), 'undelivered'],
  [job(FAILED, null, charge(1, 'waived')), 'undelivered'],
  [job(FAILED, 'failed', charge(1, 'refunded', 144), charge(2, 'rejected')), 'refunded'],
  [job(FAILED, 'failed', charge(1, 'reversed', 144)), 'refunded'],
  [job(FAILED, null, charge(1, 'voided')), 'uncharged'],
  [job(UNKNOWN, null), 'uncharged'],
] as const)('%# is a case of %s', (given, expected) => {
  expect(caseOf(given)).toBe(expected)
})

test('a delivered job that was reset keeps its delivery, and the words say so', () => {
  const reset = job(RUNNING, 'completed')
  const goesOn = 'task_abc was delivered, but a run of it goes on: cancel stops that run alone'
  expect(() => rerun.plan(reset)).toThrow(goesOn)
  expect(() => reverse.plan(reset)).toThrow(goesOn)
  expect(() => retry.plan(reset)).toThrow(
    'task_abc was delivered, and the run that goes on is not parked: cancel stops that run alone',
  )
  expect(cancel.plan(reset)).toBe(
    'task_abc would be asked to stop: what was delivered stays delivered and charged',
  )
})

test('credits of all generations count as given back', () => {
  const twice = job(FAILED, 'failed', charge(1, 'refunded', 44), charge(2, 'refunded', 100))
  expect(refusalOf(twice).message).toBe(
    'task_abc was refunded already (144 credits): rerun starts it again',
  )
})

test('a reversal is about the newest charge that took something', () => {
  const refunded = charge(2, 'refunded', 144)
  expect(() =>
    reverse.plan(job(FAILED, 'completed', charge(1, 'reversed', 144), refunded)),
  ).toThrow('task_abc was given back already: there is nothing to give back')
  expect(reverse.plan(job(FAILED, 'completed', charge(1, 'settled'), charge(2, 'voided')))).toBe(
    '144 credits of task_abc would be given back; the customer keeps the result',
  )
})

test('a rerun comes after every generation there was', () => {
  const charges = [charge(1, 'refunded', 144), charge(2, 'rejected')]
  expect(rerun.plan(job(FAILED, 'failed', ...charges))).toBe(
    'task_abc would run again; it is charged anew (charge 3) before it upscales',
  )
  expect(rerun.plan(job(UNKNOWN, 'failed', charge(1, 'voided')))).toBe(
    'task_abc would run again; it is charged anew (charge 2) before it upscales',
  )
})

test('what was delivered and is parked again keeps its charge: refund would move nothing', () => {
  const parked = job(PARKED, 'completed')
  expect(() => refund.plan(parked)).toThrow(
    'task_abc was delivered: cancel stops this run alone, reverse gives the credits back once it is over',
  )
  expect(() => rerun.plan(parked)).toThrow(
    'task_abc was delivered, but a run of it is parked: cancel stops that run alone',
  )
  expect(retry.plan(parked)).toBe('task_abc would upscale again, at no new charge')
})

test.each([
  [job(UNKNOWN, null)],
  [job(FAILED, null, charge(1, 'rejected'))],
  [job(UNKNOWN, null, charge(1, 'voided'))],
])('%# was never admitted: no customer has its id', (given) => {
  for (const action of [retry, refund, rerun, cancel])
    expect(() => action.plan(given)).toThrow(
      'task_abc was never admitted and nothing is charged: no customer has its id, and a new request makes a new task',
    )
  expect(() => reverse.plan(given)).toThrow(
    'task_abc was never charged: there is nothing to give back',
  )
})

test.each<[ChargeState, string]>([
  ['settled', 'was delivered: reverse gives the credits back'],
  [
    'debited',
    'was delivered, but its charge is open: reset its workflow in Temporal, which settles it',
  ],
  ['waived', 'was delivered free of charge: there is nothing to give back'],
  ['reversed', 'was delivered, and was given back already: there is nothing to do'],
  ['refunded', 'was delivered unpaid: there is nothing to give back'],
])('delivered and %s', (state, says) => {
  expect(() => retry.plan(job(FAILED, 'completed', charge(1, state)))).toThrow(`task_abc ${says}`)
})

test('a job that is free of charge and undelivered is delivered by a reset', () => {
  const says =
    'task_abc is free of charge but not delivered: reset its workflow in Temporal to deliver it'
  for (const action of [rerun, reverse])
    expect(() => action.plan(job(FAILED, 'failed', charge(1, 'waived')))).toThrow(says)
})

test('a cancel promises only what is known', () => {
  expect(cancel.plan(job(PARKED, 'processing'))).toBe(
    'task_abc would be asked to stop: it ends as failed with all credits back, unless its result is being booked already',
  )
  expect(cancel.plan(job(RUNNING, null))).toBe(
    'task_abc would be asked to stop: nothing is recorded of it yet; what was charged goes back',
  )
})
