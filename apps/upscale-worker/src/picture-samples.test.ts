import { describe, expect, test } from '@jest/globals'
import {
  pictureFault,
  sampleFilters,
  sampleSizeOf,
  samplesFrom,
  samplesOf,
} from './picture-samples.ts'
import type { PictureSample } from './picture-samples.ts'

const SIZE = { width: 32, height: 16 }
const picture = (
  luma: (x: number, y: number) => number,
  chroma: readonly [number, number] = [100, 150],
): PictureSample => ({
  ...SIZE,
  luma: Uint8Array.from({ length: 512 }, (_, at) => luma(at % 32, Math.floor(at / 32))),
  chroma: Uint8Array.from({ length: 256 }, (_, at) => chroma[at < 128 ? 0 : 1]),
})
const RAMP = picture((x) => 40 + 4 * x)
const BLACK = picture(() => 16)

describe('samples', () => {
  test('are the first, the middle and the last picture', () => {
    expect(samplesOf(90)).toEqual([0, 45, 89])
    expect(samplesOf(2)).toEqual([0, 1])
    expect(samplesOf(1)).toEqual([0])
  })

  test('are cut out of the middle', () => {
    expect(sampleSizeOf({ width: 1920, height: 1080 })).toEqual({ width: 640, height: 360 })
    expect(sampleSizeOf({ width: 321, height: 181 })).toEqual({ width: 320, height: 180 })
    expect(sampleFilters({ width: 321, height: 181 })).toBe(
      'scale=321:181:flags=area:out_range=tv,format=yuv420p,crop=320:180',
    )
  })

  test('are read from raw bytes', () => {
    const raw = Uint8Array.from({ length: 13 }, (_, at) => at)
    expect(samplesFrom(raw, { width: 2, height: 2 })).toEqual([
      { width: 2, height: 2, luma: raw.subarray(0, 4), chroma: raw.subarray(4, 6) },
      { width: 2, height: 2, luma: raw.subarray(6, 10), chroma: raw.subarray(10, 12) },
    ])
  })
})

describe('beside its source a result', () => {
  test('may be a little sharper', () => {
    const sharper = picture((x) => 40 + 4 * x + (x % 2 ? 6 : -6))
    expect(pictureFault([RAMP, BLACK], [sharper, BLACK])).toBeUndefined()
  })

  test.each([
    ['a picture is missing', undefined],
    ['a picture is blank', BLACK],
    ['its brightness is off', picture((x) => 60 + 4 * x)],
    ['its colours are off', picture((x) => 40 + 4 * x, [150, 100])],
    ['it shows another picture', picture((x) => 40 + 4 * (31 - x))],
  ])('is faulty: %s', (fault, result) => {
    expect(pictureFault([RAMP], result ? [result] : [])).toBe(fault)
  })
})
