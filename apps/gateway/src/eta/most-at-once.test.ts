import { expect, test } from '@jest/globals'
import { mostAtOnce } from './most-at-once.ts'

test.each([
  ['none', [], 0],
  ['one', [[0, 9]], 1],
  [
    'one after the other',
    [
      [0, 5],
      [5, 9],
    ],
    1,
  ],
  [
    'two that overlap',
    [
      [0, 5],
      [4, 9],
      [9, 12],
    ],
    2,
  ],
  [
    'three within a long one',
    [
      [0, 100],
      [1, 2],
      [3, 6],
      [4, 5],
      [5, 6],
    ],
    3,
  ],
])('%s', (_what, spans, most) => {
  expect(mostAtOnce(spans.map(([from = 0, to = 0]) => ({ from, to })))).toBe(most)
})
