import { expect, test } from '@jest/globals'
import { backOffMs } from './back-off.ts'

test('the wait doubles from a quarter second to ten seconds', () => {
  expect([1, 2, 3, 6, 7, 50].map(backOffMs)).toEqual([250, 500, 1000, 8000, 10_000, 10_000])
})
