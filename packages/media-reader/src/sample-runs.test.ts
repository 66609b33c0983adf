import { describe, expect, test } from '@jest/globals'
import { viewOf } from './bytes.ts'
import { sampleRuns, sampleTimes, samplesWithin } from './sample-runs.ts'

function table(...entries: [count: number, value: number][]): DataView {
  const view = viewOf(new Uint8Array(8 + 8 * entries.length))
  view.setUint32(4, entries.length)
  for (const [index, [count, value]] of entries.entries()) {
    view.setUint32(8 + 8 * index, count)
    view.setInt32(12 + 8 * index, value)
  }
  return view
}

const times = (stts: DataView, ctts?: DataView) => sampleTimes(sampleRuns(stts, ctts))

describe('times of a track', () => {
  test('one length', () => {
    expect(times(table([90, 512]))).toEqual({
      count: 90,
      decodeStart: 0,
      decodeEnd: 46_080,
      start: 0,
      end: 46_080,
      steadyDelta: 512,
    })
  })

  test('frames shown later than decoded, in another order', () => {
    const shifts = table([1, 1024], [1, 2560], [1, 1024], [1, 0])
    expect(times(table([4, 512]), shifts)).toMatchObject({ start: 1024, end: 3584 })
  })

  test('a shift may be negative', () => {
    expect(times(table([2, 512]), table([1, 0], [1, -512]))).toMatchObject({ start: 0, end: 512 })
  })

  test.each([
    ['the last sample is left out', table([9, 512], [1, 40]), 512],
    ['two odd ones at the end', table([9, 512], [2, 40]), undefined],
    ['one odd one in the middle', table([5, 512], [1, 40], [4, 512]), undefined],
    ['one odd one at the start', table([1, 40], [9, 512]), undefined],
    ['the same length in two entries', table([5, 512], [5, 512]), 512],
    ['entries of no sample', table([5, 512], [0, 40], [5, 512]), 512],
  ])('steady or not: %s', (_, stts, delta) => {
    expect(times(stts).steadyDelta).toBe(delta)
  })

  test('2^32 samples cost nothing', () => {
    const began = performance.now()
    expect(times(table([-1, 512])).count).toBe(2 ** 32 - 1)
    expect(performance.now() - began).toBeLessThan(50)
  })

  test('more entries than the box holds are damage', () => {
    const stts = table([90, 512])
    stts.setUint32(4, 2)
    expect(() => times(stts)).toThrow(expect.objectContaining({ key: 'source_not_video' }))
  })
})

test('samples that begin within a cut', () => {
  const runs = [...sampleRuns(table([90, 512]), table([90, 1024]))]
  expect(samplesWithin(runs, 1024, 1024 + 46_080)).toBe(90)
  expect(samplesWithin(runs, 1024 + 512, 1024 + 2048)).toBe(3)
  expect(samplesWithin(runs, 0, 1024)).toBe(0)
  expect(samplesWithin([{ count: 7, delta: 0, shift: 0, at: 5 }], 0, 10)).toBe(7)
})
