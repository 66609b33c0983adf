import { expect, test } from '@jest/globals'
import { planAfter } from './delivery-plan.ts'

const DELIVERED = { outcome: 'delivered', waitMs: null, status: 'delivered' }
const GONE = { outcome: 'gone', waitMs: null, status: 'failed' }
const later = (waitMs: number) => ({ outcome: 'failed', waitMs, status: 'pending' })

test.each([
  [200, undefined, DELIVERED],
  [204, 60, DELIVERED],
  [299, undefined, DELIVERED],
  [410, 60, GONE],
  [300, undefined, later(5_000)],
  [307, 60, later(5_000)],
  [404, 60, later(5_000)],
  [500, 60, later(5_000)],
  [429, undefined, later(5_000)],
  [429, 2, later(5_000)],
  [429, 60, later(60_000)],
  [503, 60, later(60_000)],
  [503, 999_999_999, later(86_400_000)],
  [null, undefined, later(5_000)],
])('status %j, Retry-After %j', (statusCode, retryAfterSeconds, plan) => {
  expect(planAfter({ statusCode, retryAfterSeconds }, { waitMs: 5_000 })).toEqual(plan)
})

test('the last attempt ends it as failed, a replay leaves the plan as it was', () => {
  const answer = { statusCode: 503, retryAfterSeconds: 60 }
  expect(planAfter(answer, 'give_up')).toEqual({
    outcome: 'failed',
    waitMs: null,
    status: 'failed',
  })
  expect(planAfter(answer, 'keep_plan')).toEqual({ outcome: 'failed', waitMs: null, status: null })
  expect(planAfter({ statusCode: 200 }, 'keep_plan')).toEqual(DELIVERED)
  expect(planAfter({ statusCode: 410 }, 'keep_plan')).toEqual(GONE)
})
