import { expect, test } from '@jest/globals'
import { billedSeconds, toCredits } from './credits.ts'
import { accountIdOf, isCustomerId, isTaskId } from './ids.ts'
import type { CustomerId } from './ids.ts'
import { isUpscaleFactor, outputSizeOf } from './limits.ts'

test.each([
  [{ width: 854, height: 480 }, '2', { width: 1708, height: 960 }],
  [{ width: 321, height: 181 }, '1', { width: 322, height: 182 }],
  [{ width: 321, height: 181 }, '2', { width: 642, height: 362 }],
  [{ width: 100, height: 50 }, '4', { width: 400, height: 200 }],
] as const)('%j at %sx is %j', (source, factor, output) => {
  expect(outputSizeOf(source, factor)).toEqual(output)
})

test.each([
  [8_000, 8],
  [8_001, 9],
  [200, 1],
  [60_000, 60],
])('%i ms bill %i s', (durationMs, seconds) => {
  expect(billedSeconds(durationMs)).toBe(seconds)
})

test('credits beyond what a JSON number holds are refused', () => {
  expect(toCredits(9_007_199_254_740_991n)).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => toCredits(9_007_199_254_740_992n)).toThrow(RangeError)
})

test.each([2, 0, '3', null, undefined, ' 2'])('%j is no factor', (value) => {
  expect(isUpscaleFactor(value)).toBe(false)
})

test('ids', () => {
  expect(isTaskId('task_abcdefghij0123456789')).toBe(true)
  expect(isTaskId('task_short')).toBe(false)
  expect(isTaskId("task_abcdefghij0123456789'")).toBe(false)
  expect(isCustomerId('a b')).toBe(false)
  expect(accountIdOf('acme' as CustomerId, false)).toBe('acme:test')
})
