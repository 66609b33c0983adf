import { expect, test } from '@jest/globals'
import type { MediaInfo, VideoStream } from '@upscale/ffmpeg'
import { outputFault } from './output-rules.ts'
import { planUpscale } from './plan-upscale.ts'

const video = (change: Partial<VideoStream> = {}): VideoStream => ({
  index: 0,
  codec: 'h264',
  width: 640,
  height: 360,
  rotation: 0,
  pixelFormat: 'yuv420p',
  colour: { range: 'tv', matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' },
  interlaced: false,
  timescale: 1000,
  times: [0, 40, 80],
  lastTicks: 40,
  ...change,
})
const sound = { index: 1, codec: 'aac', channels: 2, endSeconds: 0.12 }
const SOUND = { ...sound, language: undefined, title: undefined }
const info = (change: Partial<MediaInfo> = {}): MediaInfo => ({
  startSeconds: 0,
  video: video(),
  audio: [SOUND],
  subtitles: [],
  chapters: [],
  title: undefined,
  ...change,
})

const SOURCE = video({ width: 320, height: 180 })
const EXPECTED = {
  info: info({ video: SOURCE }),
  video: SOURCE,
  plan: planUpscale(SOURCE, 0, '2'),
}

test('takes what was ordered', () => {
  expect(outputFault(EXPECTED, info(), 3)).toBeUndefined()
})

test.each<[string, MediaInfo, number]>([
  ['it has no picture', info({ video: undefined }), 3],
  ['its picture has another format', info({ video: video({ codec: 'hevc' }) }), 3],
  ['its picture has another format', info({ video: video({ pixelFormat: 'yuv444p' }) }), 3],
  ['its picture has another size', info({ video: video({ width: 638 }) }), 3],
  ['its picture has another size', info({ video: video({ rotation: 90 }) }), 3],
  ['it has 2 of 3 pictures', info(), 2],
  ['it has 2 of 3 pictures', info({ video: video({ times: [0, 40] }) }), 3],
  ['its pictures are shown at other times', info({ video: video({ times: [0, 42, 80] }) }), 3],
  ['it has another duration', info({ video: video({ lastTicks: 90 }) }), 3],
  ['its picture and sound are apart', info({ startSeconds: -0.05 }), 3],
  ['it has another number of sound tracks', info({ audio: [] }), 3],
  ['a sound track is not whole', info({ audio: [{ ...SOUND, endSeconds: -0.2 }] }), 3],
  ['a sound track is not whole', info({ audio: [{ ...SOUND, codec: 'mp3' }] }), 3],
])('finds that %s', (fault, result, decoded) => {
  expect(outputFault(EXPECTED, result, decoded)).toBe(fault)
})
