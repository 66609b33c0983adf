import { expect, test } from '@jest/globals'
import { createByteRuns } from './byte-runs.ts'

const bytes = (from: number, to: number) =>
  Uint8Array.from({ length: to - from }, (_, index) => from + index)

test('joins runs that touch or overlap, in any order', () => {
  const runs = createByteRuns()
  runs.put(20, bytes(20, 30))
  runs.put(0, bytes(0, 10))
  runs.put(8, bytes(8, 20))
  runs.put(50, bytes(50, 60))
  expect(runs.knownTo(0)).toBe(30)
  expect(runs.take(5, 25)).toEqual(bytes(5, 25))
  expect(runs.take(25, 55)).toEqual(bytes(25, 30))
  expect(runs.knownTo(30)).toBe(30)
  expect(runs.take(30, 55)).toEqual(new Uint8Array(0))
  expect(runs.take(59, 59)).toEqual(new Uint8Array(0))
})

test('hands out copies', () => {
  const runs = createByteRuns()
  runs.put(0, bytes(0, 4))
  runs.take(0, 4).fill(9)
  expect(runs.take(0, 4)).toEqual(bytes(0, 4))
})
