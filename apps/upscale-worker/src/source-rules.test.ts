import { expect, test } from '@jest/globals'
import type { MediaInfo, VideoStream } from '@upscale/ffmpeg'
import type { MediaFacts } from '@upscale/types'
import { refuseOtherSource } from './source-rules.ts'

const FACTS: MediaFacts = {
  container: 'mp4',
  bytes: 1000,
  durationMs: 10_000,
  durationFrom: 'header',
  layout: 'faststart',
  video: {
    codec: 'h264',
    width: 180,
    height: 320,
    codedWidth: 320,
    codedHeight: 180,
    rotation: 90,
    sar: [1, 1],
    fps: 25,
    frames: 250,
    framesExact: true,
    vfr: false,
    transfer: 'sdr',
    dolbyVision: false,
  },
  audio: [{ codec: 'aac' }],
  otherTracks: 0,
}
const times = (count: number, step = 40) => Array.from({ length: count }, (_, at) => at * step)
const VIDEO: VideoStream = {
  index: 0,
  codec: 'h264',
  width: 320,
  height: 180,
  rotation: 90,
  pixelFormat: 'yuv420p',
  colour: { range: undefined, matrix: undefined, primaries: undefined, transfer: undefined },
  interlaced: false,
  timescale: 1000,
  times: times(250),
  lastTicks: 40,
}
const sound = (endSeconds: number) => ({
  index: 1,
  codec: 'aac',
  channels: 2,
  endSeconds,
  language: undefined,
  title: undefined,
})
const info = (video: Partial<VideoStream> = {}, soundSeconds = 10): MediaInfo => ({
  startSeconds: 0,
  video: { ...VIDEO, ...video },
  audio: [sound(soundSeconds)],
  subtitles: [],
  chapters: [],
  title: undefined,
})
const mkv: MediaFacts = { ...FACTS, container: 'mkv' }

test.each<[string, MediaFacts, MediaInfo]>([
  ['what was priced', FACTS, info()],
  ['sound that runs on', FACTS, info({}, 70)],
  ['sound that ends early', FACTS, info({}, 2)],
  ['half a second more', FACTS, info({ times: times(262) })],
  ['an MKV whose sound alone is long enough', mkv, info({ times: times(100) })],
])('takes %s', (_, facts, found) => {
  expect(refuseOtherSource(facts, facts, found)).toBe(found.video)
})

test.each<[string, string, string, MediaFacts, MediaInfo]>([
  ['another duration', 'SOURCE_CHANGED', 'source_changed', { ...FACTS, durationMs: 9999 }, info()],
  ['later pictures', 'SOURCE_CHANGED', 'media_inconsistent', FACTS, info({ times: times(265) })],
  ['no picture', 'SOURCE_UNREADABLE', 'no_video_stream', FACTS, info({ times: [] })],
  ['another codec', 'SOURCE_UNREADABLE', 'media_inconsistent', FACTS, info({ codec: 'hevc' })],
  ['another size', 'SOURCE_UNREADABLE', 'media_inconsistent', FACTS, info({ height: 184 })],
  ['another turn', 'SOURCE_UNREADABLE', 'media_inconsistent', FACTS, info({ rotation: 0 })],
  [
    'half the pictures',
    'SOURCE_UNREADABLE',
    'source_truncated',
    FACTS,
    info({ times: times(125) }),
  ],
  [
    'an MKV that ends early',
    'SOURCE_UNREADABLE',
    'source_truncated',
    mkv,
    info({ times: times(200) }, 8),
  ],
  [
    '125 pictures a second',
    'SOURCE_UNREADABLE',
    'frame_rate_too_high',
    FACTS,
    info({ times: times(1250, 8), lastTicks: 8 }),
  ],
  [
    'too many pictures',
    'SOURCE_UNREADABLE',
    'too_many_frames',
    FACTS,
    info({ times: times(7201, 8) }),
  ],
  [
    'HDR',
    'SOURCE_UNREADABLE',
    'hdr_not_supported',
    FACTS,
    info({ colour: { ...VIDEO.colour, transfer: 'smpte2084' } }),
  ],
])('refuses %s', (_, code, key, facts, found) => {
  const priced = { ...facts, durationMs: 10_000 }
  expect(() => refuseOtherSource(priced, facts, found)).toThrow(
    expect.objectContaining({ code, key }),
  )
})
