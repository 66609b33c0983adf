import { expect, test } from '@jest/globals'
import { jobSizeOf } from './job-size.ts'

test('it counts the pixels of the result, and knows its codec', () => {
  const video = { width: 1280, height: 720, frames: 250 }
  expect(jobSizeOf(video, '2', true)).toEqual({
    livemode: true,
    factor: '2',
    codec: 'h264',
    megapixels: 921.6,
  })
  expect(jobSizeOf(video, '4', false)).toMatchObject({ codec: 'hevc', megapixels: 3_686.4 })
  expect(jobSizeOf({ width: 101, height: 99, frames: 1 }, '1', true).megapixels).toBe(0.0102)
})
