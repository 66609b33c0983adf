import { describe, expect, test } from '@jest/globals'
import type { VideoStream } from '@upscale/ffmpeg'
import type { UpscaleFactor } from '@upscale/types'
import { planUpscale } from '../../plan-upscale.ts'
import { colourTags } from '../scale-chain.ts'
import { filterChain } from './filter-chain.ts'

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
const ALL = new Set(['deblock', 'fftdnoiz', 'unsharp', 'cas', 'bwdif'])
const CLEAN = { noise: 0.3, sharpness: 0.43, blockiness: 0.01 }
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
    const cleaning = (noise: number, sharpness: number) =>
      chain('1', {}, { ...CLEAN, noise, sharpness }).match(/fftdnoiz[^,]*|unsharp[^,]*/g)
    expect(cleaning(0.5, 0.43)).toEqual(['fftdnoiz=sigma=1.0'])
    expect(cleaning(4, 0.43)).toEqual(['fftdnoiz=sigma=5.0'])
    expect(cleaning(40, 0.43)).toEqual(['fftdnoiz=sigma=8.0'])
    expect(cleaning(0.3, 0.385)).toEqual(['unsharp=5:5:0.24'])
    expect(cleaning(0.6, 0.2)).toEqual(['fftdnoiz=sigma=1.0', 'unsharp=5:5:0.50'])
  })

  test('blocks are smoothed on their own grid before anything is scaled', () => {
    const start = (blockiness: number, noise = 0.3, rotation = 0) =>
      chain('1', { rotation }, { ...CLEAN, noise, blockiness }).split('scale=')[0]
    expect(start(0.012)).toBe('')
    expect(start(0.013)).toBe('fftdnoiz=sigma=1.0,')
    const deblock = 'deblock=filter=weak:block=8:alpha=0.04:beta=0.02:gamma=0.02:delta=0.02'
    expect(start(0.07)).toBe(`${deblock},fftdnoiz=sigma=2.0,`)
    expect(start(0.07, 4)).toBe(`${deblock},fftdnoiz=sigma=5.0,`)
    expect(start(0.07, 0.3, 90)).toBe('fftdnoiz=sigma=2.0,') // a turn moves the grid
  })

  test('twice the size is sharpened behind the scaler, four times the size before it', () => {
    const sharper = (amount: string) =>
      `scale=2560:1440:${SCALE},format=yuv420p,unsharp=5:5:${amount},${TAGS_709}`
    expect(chain('2')).toBe(sharper('0.40'))
    expect(chain('2', {}, { ...CLEAN, sharpness: 0.385 })).toBe(sharper('0.64'))
    expect(chain('4')).toBe(`cas=0.2,scale=5120:2880:${SCALE},format=yuv420p,${TAGS_709}`)
  })

  test('fields become pictures first of all', () => {
    expect(chain('1', { interlaced: true })).toMatch(
      /^bwdif=mode=send_frame:deint=interlaced,scale=/,
    )
  })

  test('does without a filter that the build lacks', () => {
    const poor = { noise: 4, sharpness: 0.3, blockiness: 0.2 }
    const filters = chain('2', { interlaced: true }, poor, new Set())
    expect(filters).toBe(`scale=2560:1440:${SCALE},format=yuv420p,${TAGS_709}`)
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
