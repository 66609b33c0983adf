import { expect, test } from '@jest/globals'
import { waitSecondsIn } from './prefer-wait.ts'

test.each([
  [undefined, undefined],
  ['wait=10', 10],
  ['wait="10"', 10],
  ['Wait = 10', 10],
  ['respond-async, wait=10', 10],
  ['wait=10; foo=bar', 10],
  [['respond-async', 'wait=5'], 5],
  ['wait=5, wait=9', 5],
  ['wait=60', 60],
  ['wait=61', 60],
  ['wait=999999999', 60],
  [`wait=${'9'.repeat(400)}`, 60],
  [' Wait = "7" ; foo', 7],
  ['wait=0', undefined],
  ['wait=-1', undefined],
  ['wait=1.5', undefined],
  ['wait=ten', undefined],
  ['wait="10', undefined],
  ['wait', undefined],
  ['await=10', undefined],
  ['', undefined],
])('%s', (prefer, seconds) => {
  expect(waitSecondsIn(prefer)).toBe(seconds)
})
