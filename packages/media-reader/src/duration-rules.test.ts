import { describe, expect, test } from '@jest/globals'
import { cutToWholeSecond, outlasts, presentedSeconds, refuseTooLong } from './duration-rules.ts'

describe('a container duration stands for the picture', () => {
  test.each([
    [10_021, 10_000],
    [60_100, 60_000],
    [60_101, 60_101],
    [8_500, 8_500],
    [1_000, 1_000],
    [1_099, 1_000],
    [999, 999],
    [50, 50],
  ])('%i ms → %i ms', (durationMs, cut) => {
    expect(cutToWholeSecond(durationMs)).toBe(cut)
  })
})

describe('presentation of a track', () => {
  const clocks = { movie: 1000, media: 15_360 }
  const edit = (duration: number, mediaTime: number, dwell = false) => ({
    duration,
    mediaTime,
    dwell,
  })

  test.each([
    ['no edit list: all of it', [], 3],
    ['one cut', [edit(1500, 1024)], 1.5],
    ['a segment longer than what is left', [edit(9000, 15_360)], 2],
    ['segment 0: to the end', [edit(0, 15_360)], 2],
    ['an empty edit delays', [edit(500, -1), edit(3000, 0)], 3.5],
    ['two cuts', [edit(1000, 0), edit(500, 30_720)], 1.5],
    ['behind the end of the media', [edit(1000, 90_000)], 0],
    ['a still', [edit(2000, 0, true)], 2],
  ])('%s', (_, edits, seconds) => {
    expect(presentedSeconds(edits, clocks, 46_080)).toBe(seconds)
  })
})

test('a header is contradicted by more than half a second or 2 %', () => {
  expect(outlasts(5500, 5000)).toBe(false)
  expect(outlasts(5501, 5000)).toBe(true)
  expect(outlasts(51_000, 50_000)).toBe(false)
  expect(outlasts(51_001, 50_000)).toBe(true)
})

test('the header alone refuses from 61 s on', () => {
  expect(() => refuseTooLong(61_000)).not.toThrow()
  expect(() => refuseTooLong(74_200)).toThrow(
    expect.objectContaining({
      code: 'VIDEO_TOO_LONG',
      message: 'Video is 74.2s long. Maximum is 60s',
      details: { duration: 74.2 },
    }),
  )
})
