import { expect, test } from '@jest/globals'
import type { AuditEntry } from '@upscale/types'
import { operatorEvents } from './timeline-operator.ts'

const entry = (second: number, given: Partial<AuditEntry> = {}): AuditEntry => ({
  id: String(second),
  at: `2026-11-24T12:00:0${second}.000Z`,
  action: 'retry',
  target: 'task_a',
  requestId: null,
  reason: 'the provider is back',
  actor: 'ann',
  outcome: 'done',
  detail: null,
  ...given,
})

test('what nobody heard the end of says why', () => {
  const begun = entry(1, { outcome: 'begun', detail: 'Try again in 5 s' })
  expect(operatorEvents([begun], 2).map(({ what }) => what)).toEqual([
    'retry begun, and nobody heard how it ended: the provider is back (Try again in 5 s)',
  ])
})

test('older actions than are shown are said to be there', () => {
  const newestFirst = [entry(3), entry(2), entry(1)]
  expect(operatorEvents(newestFirst, 3)).toHaveLength(3)
  const [more, ...shown] = operatorEvents(newestFirst, 2)
  expect(more).toEqual({
    at: '2026-11-24T12:00:02.000Z',
    source: 'operator',
    what: 'more than 2 actions: ops audit task_a --all lists the older ones, too',
  })
  expect(shown.map(({ at }) => at)).toEqual([
    '2026-11-24T12:00:03.000Z',
    '2026-11-24T12:00:02.000Z',
  ])
})
