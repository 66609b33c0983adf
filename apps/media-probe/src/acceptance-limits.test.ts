import { describe, expect, test } from '@jest/globals'
import type { MediaFacts, UpscaleFactor, VideoFacts } from '@upscale/types'
import { refuseUnacceptable } from './acceptance-limits.ts'

const VIDEO: VideoFacts = {
  codec: 'h264',
  width: 1280,
  height: 720,
  codedWidth: 1280,
  codedHeight: 720,
  rotation: 0,
  sar: [1, 1],
  fps: 30,
  frames: 255,
  framesExact: true,
  vfr: false,
  transfer: 'sdr',
  dolbyVision: false,
}
const MEDIA: MediaFacts = {
  container: 'mp4',
  bytes: 6_291_456,
  durationMs: 8500,
  durationFrom: 'header',
  layout: 'faststart',
  video: VIDEO,
  audio: [{ codec: 'aac' }],
  otherTracks: 0,
}

const media = (facts: Partial<MediaFacts>, video: Partial<VideoFacts> = {}): MediaFacts => ({
  ...MEDIA,
  ...facts,
  video: { ...VIDEO, ...video },
})

describe('accepted', () => {
  test.each<[string, MediaFacts, UpscaleFactor]>([
    ['a plain clip', MEDIA, '4'],
    ['60.000 s', media({ durationMs: 60_000 }), '2'],
    ['1 GiB', media({ bytes: 1_073_741_824 }), '2'],
    ['120 fps', media({}, { fps: 120, frames: 7200 }), '2'],
    ['more frames by an estimate', media({}, { frames: 7205, framesExact: false }), '2'],
    ['8192 px', media({}, { width: 2048, height: 1024 }), '4'],
    ['8192 px at 1x', media({}, { width: 8192, height: 8192 }), '1'],
    ['ProRes with PCM', media({ audio: [{ codec: 'pcm_s24le' }] }, { codec: 'prores' }), '1'],
    ['no sound', media({ audio: [] }), '2'],
  ])('%s', (_, facts, factor) => {
    expect(() => refuseUnacceptable(facts, factor)).not.toThrow()
  })
})

describe('refused', () => {
  test.each<[string, MediaFacts, object]>([
    [
      '60.001 s',
      media({ durationMs: 60_001 }),
      { code: 'VIDEO_TOO_LONG', details: { duration: 60.001 } },
    ],
    ['1 GiB + 1', media({ bytes: 1_073_741_825 }), { code: 'SOURCE_TOO_LARGE' }],
    [
      'video codec',
      media({}, { codec: 'ffv1' }),
      {
        code: 'UNSUPPORTED_VIDEO',
        key: 'codec_not_supported',
        message: 'Video codec ffv1 is not supported. Use H.264 or H.265',
      },
    ],
    [
      'one of two sound codecs',
      media({ audio: [{ codec: 'aac' }, { codec: 'dts' }] }),
      { key: 'codec_not_supported', message: 'Audio codec dts is not supported. Use AAC or MP3' },
    ],
    ['PQ', media({}, { transfer: 'pq' }), { key: 'hdr_not_supported', message: /HDR \(PQ\)/ }],
    ['HLG', media({}, { transfer: 'hlg' }), { key: 'hdr_not_supported' }],
    [
      'Dolby Vision',
      media({}, { dolbyVision: true }),
      { key: 'hdr_not_supported', message: 'Dolby Vision is not supported. Use an SDR copy' },
    ],
    ['wide samples', media({}, { sar: [11, 1] }), { key: 'video_geometry_invalid' }],
    ['high samples', media({}, { sar: [1, 11] }), { key: 'video_geometry_invalid' }],
    [
      '240 fps',
      media({}, { fps: 240 }),
      { key: 'frame_rate_too_high', message: 'Video has 240 fps. Maximum is 120' },
    ],
    ['7201 frames', media({}, { frames: 7201 }), { key: 'too_many_frames' }],
    ['format before size', media({ bytes: 2e9 }, { codec: 'ffv1' }), { code: 'UNSUPPORTED_VIDEO' }],
    [
      'size before duration',
      media({ bytes: 2e9, durationMs: 70_000 }),
      { code: 'SOURCE_TOO_LARGE' },
    ],
    [
      'duration before output',
      media({ durationMs: 70_000 }, { width: 8192 }),
      { code: 'VIDEO_TOO_LONG' },
    ],
  ])('%s', (_, facts, { message, ...error }: { message?: string | RegExp }) => {
    const refusal = expect(() => refuseUnacceptable(facts, '2'))
    refusal.toThrow(expect.objectContaining(error))
    if (message) refusal.toThrow(message)
  })

  test.each<[number, number, UpscaleFactor, string | undefined, string]>([
    [2560, 1440, '4', '2', '4x of 2560×1440 exceeds 8192 px. Largest factor is 2'],
    [1440, 2560, '4', '2', '4x of 1440×2560 exceeds 8192 px. Largest factor is 2'],
    [4098, 100, '2', '1', '2x of 4098×100 exceeds 8192 px. Largest factor is 1'],
    [8193, 100, '1', undefined, '1x of 8193×100 exceeds 8192 px. Use a smaller video'],
  ])('%i×%i at %s: largest factor %s', (width, height, factor, largest, message) => {
    expect(() => refuseUnacceptable(media({}, { width, height }), factor)).toThrow(
      expect.objectContaining({
        code: 'OUTPUT_TOO_LARGE',
        message,
        details: largest && { max_factor: largest },
      }),
    )
  })
})
