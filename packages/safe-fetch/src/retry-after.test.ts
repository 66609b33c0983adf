import { expect, test } from '@jest/globals'
import { retryAfterSecondsOf } from './retry-after.ts'

const NOW_MS = Date.UTC(2026, 1, 14, 12, 0, 0)

test.each([
  [undefined, undefined],
  ['120', 120],
  [' 7 ', 7],
  ['0', 0],
  ['Sat, 14 Feb 2026 12:01:30 GMT', 90],
  ['Sat, 14 Feb 2026 11:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['9999999999', undefined],
  [['1', '2'], undefined],
])('%j: %j s', (text, seconds) => {
  expect(retryAfterSecondsOf({ 'retry-after': text }, NOW_MS)).toBe(seconds)
})
