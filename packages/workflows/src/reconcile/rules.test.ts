import { expect, test } from '@jest/globals'
import type { ChargeState, TaskId } from '@upscale/types'
import type { ChargeFacts, JobState } from './activities.ts'
import { isOver, isTooMany, openRowVerdict } from './rules.ts'

const job = (run: JobState['run']): JobState => ({
  taskId: 'task_1' as TaskId,
  accountId: null,
  run,
  status: 'processing',
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

test('a row waits while its charge is open; an hour for a delivery; else it ends', () => {
  expect(openRowVerdict(charges('refunded', 'debited'), true)).toBe('leave')
  expect(openRowVerdict(charges('refunded', 'settled'), false)).toBe('leave')
  expect(openRowVerdict(charges('refunded', 'settled'), true)).toBe('reverse')
  expect(openRowVerdict([], false)).toBe('end')
  expect(
    openRowVerdict(charges('refunded', 'voided', 'rejected', 'reversed', 'waived'), false),
  ).toBe('end')
})
