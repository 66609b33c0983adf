import { describe, expect, test } from '@jest/globals'
import type { VideoStream } from '@upscale/ffmpeg'
import type { UpscaleFactor } from '@upscale/types'
import { planUpscale } from '../../plan-upscale.ts'
import { colourTags, filterChain } from './filter-chain.ts'

const UNTAGGED = { range: undefined, matrix: undefined, primaries: undefined, transfer: undefined }
const VIDEO: VideoStream = {
  index: 0,
  codec: 'h264',
  width: 1280,
  height: 720,
  rotation: 0,
  pixelFormat: 'yuv420p',
  colour: UNTAGGED,
  interlaced: false,
  timescale: 1000,
  times: [0, 40],
  lastTicks: 40,
}
const ALL = new Set(['fftdnoiz', 'unsharp', 'cas', 'bwdif'])
const CLEAN = { noise: 0.3, sharpness: 0.43 }
const TAGS_709 = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709'
const SCALE = 'flags=lanczos+accurate_rnd+bitexact:out_range=tv'

const chain = (
  factor: UpscaleFactor,
  video: Partial<VideoStream> = {},
  measured = CLEAN,
  filters: ReadonlySet<string> = ALL,
) => {
  const source = { ...VIDEO, ...video }
  return filterChain(source, planUpscale(source, 0, factor), measured, filters)
}

describe('cleaning', () => {
  test('a clean and sharp picture is left alone at its own size', () => {
    expect(chain('1')).toBe(`scale=1280:720:${SCALE},format=yuv420p,${TAGS_709}`)
  })

  test('grows with the grain and the blur that were measured', () => {
    const start = (noise: number, sharpness: number) =>
      chain('1', {}, { noise, sharpness }).split(',scale')[0]
    expect(start(0.5, 0.43)).toBe('fftdnoiz=sigma=1.0')
    expect(start(4, 0.43)).toBe('fftdnoiz=sigma=5.0')
    expect(start(40, 0.43)).toBe('fftdnoiz=sigma=8.0')
    expect(start(0.3, 0.385)).toBe('unsharp=5:5:0.24')
    expect(start(0.6, 0.2)).toBe('fftdnoiz=sigma=1.0,unsharp=5:5:0.50')
  })

  test('a larger picture is sharpened before it is scaled', () => {
    expect(chain('2')).toBe(`cas=0.2,scale=2560:1440:${SCALE},format=yuv420p,${TAGS_709}`)
  })

  test('a codec without loop filter is smoothed lightly', () => {
    expect(chain('2', { codec: 'mpeg4' })).toMatch(/^fftdnoiz=sigma=1.0,cas=0.2,scale=/)
  })

  test('fields become pictures first of all', () => {
    expect(chain('1', { interlaced: true })).toMatch(
      /^bwdif=mode=send_frame:deint=interlaced,scale=/,
    )
  })

  test('does without a filter that the build lacks', () => {
    const grainy = { noise: 4, sharpness: 0.3 }
    expect(chain('2', { interlaced: true }, grainy, new Set())).toMatch(/^scale=/)
  })
})

describe('format', () => {
  test('odd sides are filled up with their last row and column', () => {
    expect(chain('1', { width: 321, height: 181 })).toContain(
      'scale=321:181:flags=lanczos+accurate_rnd+bitexact:out_range=tv,format=yuv420p,' +
        'pad=322:182,fillborders=right=1:bottom=1:mode=smear,setparams',
    )
    expect(chain('2', { width: 321, height: 181 })).not.toContain('pad=')
  })

  test('deep pictures are dithered, RGB gets a matrix', () => {
    expect(chain('1', { pixelFormat: 'yuv422p10le' })).toContain('out_range=tv:sws_dither=ed,')
    expect(chain('1', { pixelFormat: 'gbrp' })).toContain('out_range=tv:out_color_matrix=bt709,')
    expect(chain('1', { pixelFormat: 'yuv444p' })).not.toContain('dither')
  })
})

describe('colour tags', () => {
  test.each([
    [UNTAGGED, 480, 'smpte170m:color_trc=smpte170m:colorspace=smpte170m'],
    [UNTAGGED, 576, 'bt470bg:color_trc=smpte170m:colorspace=bt470bg'],
    [UNTAGGED, 720, 'bt709:color_trc=bt709:colorspace=bt709'],
    [{ ...UNTAGGED, primaries: 'bt709' }, 480, 'bt709:color_trc=bt709:colorspace=bt709'],
    [
      { ...UNTAGGED, matrix: 'smpte170m' },
      1080,
      'smpte170m:color_trc=smpte170m:colorspace=smpte170m',
    ],
    [{ ...UNTAGGED, matrix: 'gbr' }, 480, 'bt709:color_trc=bt709:colorspace=bt709'],
    [
      { range: 'pc', matrix: 'bt2020nc', primaries: 'bt2020', transfer: 'bt2020-10' } as const,
      2160,
      'bt2020:color_trc=bt2020-10:colorspace=bt2020nc',
    ],
  ])('%j at %i lines', (colour, lines, tags) => {
    expect(colourTags(colour, lines)).toBe(`setparams=range=tv:color_primaries=${tags}`)
  })
})
