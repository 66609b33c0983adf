import { expect, test } from '@jest/globals'
import {
  AppError,
  ERRORS,
  isRetryable,
  probeFailed,
  secondsText,
  taskErrorOf,
  videoTooLong,
} from './errors.ts'

test.each([
  [8_500, '8.5'],
  [10_000, '10'],
  [4_533, '4.533'],
  [200, '0.2'],
  [60_001, '60.001'],
])('%i ms reads %s', (durationMs, text) => {
  expect(secondsText(durationMs)).toBe(text)
})

test('a video that is too long says how long it is', () => {
  expect(taskErrorOf(videoTooLong(74_200))).toEqual({
    code: 'VIDEO_TOO_LONG',
    key: 'video_too_long',
    message: 'Video is 74.2s long. Maximum is 60s',
    details: { duration: 74.2 },
  })
})

test('an error without a key of its own has its code in lower case', () => {
  const error = new AppError('INVALID_PARAMETER', 'limit must be between 1 and 100')
  expect([error.key, error.param]).toEqual(['invalid_parameter', null])
})

test('a probe may be tried again only where the host may answer otherwise later', () => {
  expect(isRetryable('PROBE_FAILED', probeFailed('source_timeout', 'x').key)).toBe(true)
  expect(isRetryable('PROBE_FAILED', 'url_invalid')).toBe(false)
  expect(isRetryable('GENERATION_FAILED', 'generic')).toBe(true)
})

test('what is operational parks a job, all else is final', () => {
  const operational = Object.entries(ERRORS).filter(([, { final }]) => !final)
  expect(operational.map(([code]) => code)).toEqual([
    'SERVICE_UNAVAILABLE',
    'UPSCALER_UNAVAILABLE',
    'UPSCALER_TIMEOUT',
  ])
})
