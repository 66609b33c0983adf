import { describe, expect, test } from '@jest/globals'
import { linesWith, mayReplace, stateAfter } from './task-state.ts'
import type { TaskState } from './task-state.ts'
import { media, upscaleOutput } from '../../tests/job-facts.ts'

const DAY_MS = 86_400_000
const price = {
  creditsUsed: 144,
  creditsRemaining: 856,
  creditsPerSecond: 16,
  debitId: 'txn_1',
}
const created = { status: 'pending', stage: 'queued', media, price, at: 1_000 } as const
const failure = { code: 'OUTPUT_INVALID', key: 'output_invalid', message: 'no' } as const

type Change = Parameters<typeof stateAfter>[1]

const after = (first: Change, ...changes: Change[]): TaskState =>
  changes.reduce(
    (row, change) => stateAfter(row, change, DAY_MS),
    stateAfter(undefined, first, DAY_MS),
  )
const done = { status: 'completed', stage: 'done', output: upscaleOutput, attempts: 2 } as const
const failed = { status: 'failed', error: failure, attempts: 1 } as const

test('a job from its creation to its end', () => {
  expect(after(created)).toMatchObject({
    status: 'pending',
    stage: 'queued',
    progress: 0,
    attempts: 0,
  })
  const row = after(created, { ...done, at: 9_000 })
  expect(row).toMatchObject({
    status: 'completed',
    stage: 'done',
    progress: 1,
    attempts: 2,
    creditsUsed: 144,
    outputKey: upscaleOutput.outputKey,
    error: null,
  })
  expect(row.startedAt).toEqual(new Date(upscaleOutput.startedAt))
  expect(row.completedAt).toEqual(new Date(9_000))
  expect(row.expiresAt).toEqual(new Date(9_000 + DAY_MS))
})

describe('which change may replace which row', () => {
  test('an earlier one never', () => {
    const row = after(created, { ...failed, at: 5_000 })
    expect(mayReplace(row, { ...created, at: 4_999 })).toBe(false)
    expect(mayReplace(row, { ...created, at: 5_001 })).toBe(true)
  })

  test('of the same moment the one that goes on, or the same again', () => {
    const row = after(created, { ...failed, at: 5_000 })
    expect(mayReplace(row, { ...created, at: 5_000 })).toBe(false)
    expect(mayReplace(row, { ...failed, at: 5_000 })).toBe(true)
    expect(mayReplace(row, { ...done, at: 5_000 })).toBe(true)
  })

  test.each(['pending', 'processing', 'failed', 'canceled'] as const)(
    'what was delivered or canceled does not yield to a later %s',
    (status) => {
      const delivered = after(created, { ...done, at: 5_000 })
      const canceled = after(created, { status: 'canceled', error: failure, at: 5_000 })
      expect(mayReplace(delivered, { ...created, status, at: 6_000 })).toBe(false)
      expect(mayReplace(canceled, { ...created, status, at: 6_000 })).toBe(false)
    },
  )

  test('both yield to a delivery', () => {
    const canceled = after(created, { status: 'canceled', error: failure, at: 5_000 })
    expect(mayReplace(canceled, { ...done, at: 6_000 })).toBe(true)
    expect(mayReplace(after(created, { ...done, at: 5_000 }), { ...done, at: 6_000 })).toBe(true)
    expect(stateAfter(canceled, { ...done, at: 6_000 }, 1)).toMatchObject({
      status: 'completed',
      error: null,
    })
  })
})

test('a failed job that is run again processes, keeps its progress and its first price', () => {
  const half = { ...after(created), progress: 0.5, stage: 'upscaling' } as const
  const row = stateAfter(half, { ...failed, at: 5_000 }, 1)
  expect(row).toMatchObject({ status: 'failed', stage: 'upscaling', progress: 0.5, error: failure })
  const again = { ...created, price: { ...price, creditsUsed: 999 }, at: 6_000 }
  expect(stateAfter(row, again, 1)).toMatchObject({
    status: 'processing',
    stage: 'fetching',
    progress: 0.5,
    error: null,
    completedAt: null,
    creditsUsed: 144,
  })
})

test('a parked job stays processing and hides its error; a retry ends the waiting', () => {
  const parked = {
    status: 'processing',
    parkedAt: 5_000,
    error: failure,
    attempts: 10,
    at: 5_000,
  } as const
  const row = after(created, parked)
  expect(row).toMatchObject({ status: 'processing', stage: 'fetching', attempts: 10, error: null })
  expect(row.parkedAt).toEqual(new Date(5_000))
  const retried = { status: 'processing', stage: 'fetching', parkedAt: null, at: 6_000 } as const
  expect(stateAfter(row, retried, 1)).toMatchObject({ parkedAt: null, attempts: 10 })
})

describe('when an attempt began and how far it came', () => {
  test('a failure tells both where no progress was seen', () => {
    const reached = { stage: 'preparing', progress: 0.07, startedAt: 3_000 } as const
    const row = after(created, { ...failed, ...reached, at: 5_000 })
    expect(row).toMatchObject({ ...reached, startedAt: new Date(3_000) })
  })

  test('the end of a task never takes its stage, its progress or its beginning back', () => {
    const seen = {
      ...after(created),
      status: 'processing',
      stage: 'upscaling',
      progress: 0.5,
      startedAt: new Date(2_000),
    } as const
    const reached = { stage: 'fetching', progress: 0.02, startedAt: 4_000 } as const
    const ended = { ...failed, ...reached, at: 5_000 } as const
    const expected = { stage: 'upscaling', progress: 0.5, startedAt: new Date(2_000) }
    expect(stateAfter(seen, ended, 1)).toMatchObject(expected)
    expect(stateAfter(seen, { ...ended, status: 'canceled' }, 1)).toMatchObject(expected)
  })

  test('a parked job shows where it stopped, a retried one begins again', () => {
    const change = { status: 'processing', parkedAt: 5_000, attempts: 2, at: 5_000 } as const
    const row = after(created, { ...change, stage: 'finalizing', startedAt: 3_000 })
    expect(row).toMatchObject({
      stage: 'finalizing',
      startedAt: new Date(3_000),
      attemptsBefore: 2,
    })
    const retry = { status: 'processing', stage: 'fetching', parkedAt: null, at: 6_000 } as const
    expect(stateAfter(row, retry, 1)).toMatchObject({ stage: 'fetching', attemptsBefore: 2 })
    expect(stateAfter(row, { ...created, at: 7_000 }, 1)).toMatchObject({ attemptsBefore: 0 })
  })

  test('a task that is canceled in the queue never started', () => {
    expect(after(created, { status: 'canceled', error: failure, at: 5_000 })).toMatchObject({
      stage: 'queued',
      startedAt: null,
    })
  })
})

test('a failure without a reason still says something', () => {
  expect(after(created, { status: 'failed', at: 5_000 }).error).toEqual({
    code: 'GENERATION_FAILED',
    key: 'generic',
    message: 'The upscale failed',
  })
})

test('a debit stands once on the receipt, a second one behind what came before', () => {
  const line = { id: 'txn_1', type: 'debit', amount: -144 } as const
  const refund = { id: 'txn_2', type: 'refund', amount: 144 } as const
  expect(linesWith([], price)).toEqual([line])
  expect(linesWith([line], price)).toEqual([line])
  expect(linesWith([line, refund], { ...price, debitId: 'txn_3' })).toEqual([
    line,
    refund,
    { ...line, id: 'txn_3' },
  ])
  expect(linesWith([line], { ...price, creditsUsed: 0, debitId: null })).toEqual([line])
})
