import { expect, test } from '@jest/globals'
import type { ChargeState, TaskId, TaskStatus } from '@upscale/types'
import type { ChargeFacts, JobState } from './reconcile-activities.ts'
import { isOver, isRefunded, isTooMany, openChargeVerdict } from './reconcile-rules.ts'

const job = (run: JobState['run'], status: TaskStatus | null = 'processing'): JobState => ({
  taskId: 'task_1' as TaskId,
  accountId: null,
  run,
  status,
})
const charges = (...states: ChargeState[]): ChargeFacts[] =>
  states.map((state, i) => ({
    taskId: 'task_1' as TaskId,
    accountId: 'c:live' as ChargeFacts['accountId'],
    generation: i + 1,
    state,
  }))

test('a job is over when its run is closed for long enough, or nobody knows one', () => {
  expect(isOver(job({ state: 'running' }), 1_000, 100)).toBe(false)
  expect(isOver(job({ state: 'closed', closedAtMs: 901 }), 1_000, 100)).toBe(false)
  expect(isOver(job({ state: 'closed', closedAtMs: 900 }), 1_000, 100)).toBe(true)
  expect(isOver(job({ state: 'unknown' }), 1_000, 100)).toBe(true)
})

test('more than twenty and more than five percent are too many', () => {
  expect(isTooMany(20, 20)).toBe(false)
  expect(isTooMany(21, 21)).toBe(true)
  expect(isTooMany(21, 420)).toBe(false)
  expect(isTooMany(22, 420)).toBe(true)
})

test('an open charge is left to a job that goes on', () => {
  expect(openChargeVerdict(job({ state: 'running' }), [], false)).toBe('leave')
})

test.each<TaskStatus | null>([null, 'pending', 'processing', 'failed', 'canceled'])(
  'the open charge of a %s task is refunded once its job is over',
  (status) => {
    expect(openChargeVerdict(job({ state: 'unknown' }, status), [], true)).toBe('refund')
  },
)

test('delivered and open: a person decides, unless it is the rerun of one that was given back', () => {
  const delivered = job({ state: 'unknown' }, 'completed')
  expect(openChargeVerdict(delivered, charges('debited'), true)).toBe('alarm')
  expect(openChargeVerdict(delivered, charges('refunded', 'debited'), true)).toBe('alarm')
  expect(openChargeVerdict(delivered, charges('reversed', 'debited'), true)).toBe('refund')
})

test('a row is ended when nothing is open or paid for', () => {
  expect(isRefunded([])).toBe(true)
  expect(isRefunded(charges('refunded', 'voided', 'rejected', 'reversed', 'waived'))).toBe(true)
  expect(isRefunded(charges('refunded', 'debited'))).toBe(false)
  expect(isRefunded(charges('refunded', 'settled'))).toBe(false)
})
