import { expect, test } from '@jest/globals'
import pc from 'picocolors'
import type { RatesView } from '@upscale/types'
import { renderPlans } from './plans.ts'
import { renderRates } from './rates.ts'

const plain = pc.createColors(false)

const VIEW: RatesView = {
  at: '2026-11-28T12:00:00.000Z',
  creditsPerSecond: { '1': 16, '2': 16, '4': 28 },
  plans: [
    { id: 'free', dailyTasks: 3, usdMicrosPerCredit: null },
    { id: 'pro_monthly', dailyTasks: 1_000, usdMicrosPerCredit: 12_000 },
    { id: 'pro_yearly', dailyTasks: null, usdMicrosPerCredit: 6_000 },
  ],
  schedule: [
    { factor: '2', creditsPerSecond: 14, validFrom: '2026-01-01T00:00:00.000Z' },
    { factor: '2', creditsPerSecond: 16, validFrom: '2026-06-01T00:00:00.000Z' },
    { factor: '2', creditsPerSecond: 18, validFrom: '2027-01-01T00:00:00.000Z' },
    { factor: '4', creditsPerSecond: 28, validFrom: '2026-01-01T00:00:00.000Z' },
  ],
}

test('a plan costs so much a credit and a second', () => {
  expect(renderPlans(VIEW, plain)).toBe(`\
PLAN         A CREDIT  A SECOND AT 16  A SECOND AT 28  TASKS A DAY
free                –               –               –            3
pro_monthly    $0.012          $0.192          $0.336        1,000
pro_yearly     $0.006          $0.096          $0.168     no limit`)
})

test('of each factor one price holds now', () => {
  expect(renderRates(VIEW.schedule, new Date('2026-11-24T00:00:00Z'), plain)).toBe(`\
FACTOR  CREDITS/S  FROM                  HOLDS
     2         14  2026-01-01 00:00:00Z  past
     2         16  2026-06-01 00:00:00Z  now
     2         18  2027-01-01 00:00:00Z  later
     4         28  2026-01-01 00:00:00Z  now`)
})
