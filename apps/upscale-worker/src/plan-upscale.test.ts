import { describe, expect, test } from '@jest/globals'
import type { VideoStream } from '@upscale/ffmpeg'
import { maxResultBytes, pieceOf, planUpscale, seekTo } from './plan-upscale.ts'

const VIDEO: VideoStream = {
  index: 0,
  codec: 'h264',
  width: 640,
  height: 360,
  rotation: 0,
  pixelFormat: 'yuv420p',
  colour: { range: undefined, matrix: undefined, primaries: undefined, transfer: undefined },
  interlaced: false,
  timescale: 1000,
  times: Array.from({ length: 100 }, (_, index) => 500 + index * 40),
  lastTicks: 40,
}

describe('the plan', () => {
  test.each([
    ['1', 640, 360, 0, { width: 640, height: 360 }, 'h264', 14],
    ['1', 321, 181, 0, { width: 322, height: 182 }, 'h264', 14],
    ['2', 640, 360, 90, { width: 720, height: 1280 }, 'h264', 18],
    ['4', 1024, 576, 0, { width: 4096, height: 2304 }, 'h264', 18],
    ['4', 1026, 576, 0, { width: 4104, height: 2304 }, 'hevc', 18],
  ] as const)('%sx of %i×%i turned by %i', (factor, width, height, rotation, to, codec, crf) => {
    const plan = planUpscale({ ...VIDEO, width, height, rotation }, 0, factor)
    expect(plan.to).toEqual(to)
    expect(plan.encoder).toMatchObject({ codec, crf })
    expect(plan.frames).toBe(100)
  })

  test('one piece holds the whole picture', () => {
    expect(planUpscale(VIDEO, 0.5, '2').pieces).toEqual([
      { name: 'piece-0.mp4', start: 0, end: 100, seconds: 4, seekSeconds: 0, skip: 0 },
    ])
  })
})

describe('pieces', () => {
  test('begin with a warm-up, between two pictures, counted from the start of the file', () => {
    expect(pieceOf(VIDEO, 0.5, 60, 100)).toEqual({
      name: 'piece-60.mp4',
      start: 60,
      end: 100,
      seconds: 1.6,
      seekSeconds: 2.22, // between pictures 55 and 56, at 2.70 and 2.74 s, less 0.5 s
      skip: 4,
    })
  })

  test('near the start warm up with what there is', () => {
    expect(pieceOf(VIDEO, 0.5, 2, 10)).toMatchObject({ seekSeconds: 0, skip: 2, seconds: 0.32 })
  })

  test('a seek to the first picture is none', () => {
    expect(seekTo(VIDEO, 0.5, 0)).toBe(0)
    expect(seekTo(VIDEO, 0.5, 1)).toBeCloseTo(0.02, 9)
  })
})

test('a result may have one bit per pixel, and 64 MiB in any case', () => {
  expect(maxResultBytes({ width: 640, height: 360 }, 10)).toBe(67_108_864)
  expect(maxResultBytes({ width: 4000, height: 2000 }, 800)).toBe(800_000_000)
})
