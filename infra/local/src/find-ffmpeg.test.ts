import { expect, test } from '@jest/globals'
import { isRecentFfmpeg } from './find-ffmpeg.ts'

test.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', true],
  ['ffmpeg version n8.1.3 Copyright', true],
  ['ffmpeg version N-118000-gabcdef Copyright', true],
  ['ffmpeg version 5.0.1 Copyright', false],
  ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', false],
  ['', false],
])('%s: %s', (text, recent) => {
  expect(isRecentFfmpeg(text)).toBe(recent)
})
