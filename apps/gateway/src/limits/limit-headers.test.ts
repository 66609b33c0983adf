import { expect, test } from '@jest/globals'
import { limitHeaders, nextDay } from './limit-headers.ts'

const now = new Date('2024-12-27T12:00:00.000Z')
const daily = { limit: 500, remaining: 423, resetsAt: new Date('2024-12-28T00:00:00.000Z') }
const burst = { limit: 600, remaining: 598, resetsAt: new Date('2024-12-27T12:00:30.000Z') }

test('an answer shows both limits', () => {
  expect(Object.fromEntries(limitHeaders({ daily, burst }, now))).toEqual({
    'X-RateLimit-Limit': '500',
    'X-RateLimit-Remaining': '423',
    'X-RateLimit-Reset': '2024-12-28T00:00:00.000Z',
    'RateLimit-Policy': '"daily";q=500;w=86400,"burst";q=600;w=60',
    RateLimit: '"daily";r=423;t=43200,"burst";r=598;t=30',
  })
})

test('what is unlimited or unknown is left out', () => {
  expect(Object.fromEntries(limitHeaders({ daily: undefined, burst }, now))).toEqual({
    'RateLimit-Policy': '"burst";q=600;w=60',
    RateLimit: '"burst";r=598;t=30',
  })
  expect(limitHeaders({ daily: undefined, burst: undefined }, now)).toEqual([])
})

test('a moment is never shown as nearer than it is', () => {
  const resetsAt = new Date(now.getTime() + 29_001)
  const headers = new Map(limitHeaders({ daily: undefined, burst: { ...burst, resetsAt } }, now))
  expect(headers.get('RateLimit')).toBe('"burst";r=598;t=30')
})

test.each([
  ['2024-12-27T12:00:00.000Z', '2024-12-28T00:00:00.000Z'],
  ['2024-12-27T23:59:59.999Z', '2024-12-28T00:00:00.000Z'],
  ['2024-12-28T00:00:00.000Z', '2024-12-29T00:00:00.000Z'],
  ['2024-12-31T01:00:00.000Z', '2025-01-01T00:00:00.000Z'],
  ['2024-02-28T12:00:00.000Z', '2024-02-29T00:00:00.000Z'],
])('the day of %s ends at %s', (moment, end) => {
  expect(nextDay(new Date(moment)).toISOString()).toBe(end)
})
