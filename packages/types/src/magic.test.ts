import { expect, test } from '@jest/globals'
import { MAGIC_VIDEOS, isMagicUrl, magicNameOf, noMagicVideo } from './magic.ts'
import type { UpscaleFactor } from './limits.ts'
import type { MagicName, MagicVideo } from './magic.ts'

const videoOf = (name: MagicName): MagicVideo => MAGIC_VIDEOS[name]

test.each<[MagicName, number, string, number]>([
  ['ok.mp4', 8_500, '1280x720', 255],
  ['slow.mp4', 8_500, '1280x720', 255],
  ['stuck.mp4', 8_500, '1280x720', 255],
  ['sixty.mp4', 60_000, '1280x720', 1_800],
  ['fails-processing.mp4', 8_500, '1280x720', 255],
  ['upscaler-timeout.mp4', 8_500, '1280x720', 255],
  ['retry.mp4', 8_500, '1280x720', 255],
  ['too-long.mp4', 74_200, '1280x720', 2_226],
  ['big.mp4', 8_500, '2560x1440', 255],
  ['insufficient-credits.mp4', 8_500, '1280x720', 255],
])('%s is read: %i ms of %s, %i pictures', (name, durationMs, size, frames) => {
  const { media } = videoOf(name)
  expect(media).toMatchObject({ durationMs, video: { frames, framesExact: true } })
  expect(`${media?.video.width}x${media?.video.height}`).toBe(size)
})

test.each<[MagicName, string, string]>([
  ['404.mp4', 'PROBE_FAILED', 'source_http_status'],
  ['timeout.mp4', 'PROBE_FAILED', 'source_timeout'],
  ['corrupt.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['clip.webm', 'UNSUPPORTED_VIDEO', 'format_not_supported'],
  ['error.mp4', 'INTERNAL_ERROR', 'internal_error'],
])('%s is refused: %s, %s', (name, code, key) => {
  expect(videoOf(name).refused?.()).toMatchObject({ code, key })
})

test.each<[MagicName, object]>([
  ['ok.mp4', { takesMs: 2_700 }],
  ['slow.mp4', { takesMs: 60_000 }],
  ['stuck.mp4', { takesMs: 2_700, hold: { percent: 50, ms: 600_000 } }],
])('an attempt at %s: %j', (name, upscale) => {
  expect(videoOf(name).upscale).toMatchObject(upscale)
})

test.each<[MagicName, string, string, number]>([
  ['fails-processing.mp4', 'GENERATION_FAILED', 'generic', Infinity],
  ['upscaler-timeout.mp4', 'UPSCALER_TIMEOUT', 'upscaler_timeout', Infinity],
  ['retry.mp4', 'UPSCALER_UNAVAILABLE', 'upscaler_unavailable', 1],
])('attempts at %s fail with %s, %s, %d times', (name, code, key, times) => {
  const { fails } = videoOf(name).upscale ?? {}
  expect(fails?.why()).toMatchObject({ code, key })
  expect(fails?.times).toBe(times)
})

test('insufficient-credits.mp4 alone cannot be paid for', () => {
  const unpaid = (factor: UpscaleFactor) =>
    Object.values<MagicVideo>(MAGIC_VIDEOS).flatMap((video) => video.unpaid?.(factor) ?? [])
  expect(unpaid('2')).toEqual([
    expect.objectContaining({
      code: 'INSUFFICIENT_CREDITS',
      message: 'Insufficient credits. Required: 144, Available: 45',
      details: { required: 144, available: 45 },
    }),
  ])
  expect(unpaid('4')).toEqual([
    expect.objectContaining({ details: { required: 252, available: 45 } }),
  ])
})

test.each<[string, boolean, MagicName | undefined]>([
  ['https://magic.test/ok.mp4', true, 'ok.mp4'],
  ['https://magic.test/ok.mp4?run=7#t=1', true, 'ok.mp4'],
  ['https://magic.test/nope.mp4', true, undefined],
  ['https://magic.test/constructor', true, undefined],
  ['https://magic.test/a/ok.mp4', true, undefined],
  ['https://magic.test/', true, undefined],
  ['http://magic.test/ok.mp4', false, undefined],
  ['https://MAGIC.test/ok.mp4', false, undefined],
  ['https://magic.test:443/ok.mp4', false, undefined],
  ['https://magic.test.example.com/ok.mp4', false, undefined],
  ['https://example.com/https://magic.test/ok.mp4', false, undefined],
])('%s: magic %s, named %s', (url, isMagic, name) => {
  expect(isMagicUrl(url)).toBe(isMagic)
  expect(magicNameOf(url)).toBe(name)
})

test('an unknown name says which there are', () => {
  const { code, key, message } = noMagicVideo()
  expect([code, key]).toEqual(['PROBE_FAILED', 'source_http_status'])
  for (const name of Object.keys(MAGIC_VIDEOS)) expect(message).toContain(name)
})
