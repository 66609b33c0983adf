import type { Colour, VideoStream } from '@upscale/ffmpeg'
import type { UpscalePlan } from '../../plan-upscale.ts'
import type { PictureMeasure } from './measure-picture.ts'

/** The whole filter graph of the classical engine: clean, scale, make it what players expect. */
export function filterChain(
  video: VideoStream,
  plan: UpscalePlan,
  measured: PictureMeasure,
  available: ReadonlySet<string>,
): string {
  const has = (filter: string) => available.has(filter.split('=')[0] ?? '')
  const cleaning = [deinterlace(video), deblock(video, measured), denoise(measured)]
  const { before, after } = sharpen(plan, measured)
  return [
    ...[...cleaning, before].filter(has),
    scale(video, plan),
    'format=yuv420p',
    ...[after].filter(has),
    ...evenSides(plan),
    colourTags(video.colour, plan.from.height),
  ].join(',')
}

const deinterlace = ({ interlaced }: VideoStream): string =>
  interlaced ? 'bwdif=mode=send_frame:deint=interlaced' : ''

const COARSE = 0.013 // compressed hard: from there on a light touch comes closer to the pristine picture
const BLOCKY = 0.07 // below it, a codec's own loop filter has done it better

/** Steps of at most 10 levels on the codec's own grid, which a turn would move. */
const deblock = ({ rotation }: VideoStream, { blockiness }: PictureMeasure): string =>
  blockiness < BLOCKY || rotation !== 0
    ? ''
    : 'deblock=filter=weak:block=8:alpha=0.04:beta=0.02:gamma=0.02:delta=0.02'

const NOISE_FLOOR = 0.5 // below it, what is seen is the picture's own texture
const MAX_SIGMA = 8

/** Strength grows with the grain and the blocks that were measured; a clean picture is left alone. */
function denoise({ noise, blockiness }: PictureMeasure): string {
  if (noise < NOISE_FLOOR && blockiness < COARSE) return ''
  const least = blockiness < BLOCKY ? 1 : 2 // what blocks leave behind: ringing, grids of 4 pixels
  return `fftdnoiz=sigma=${Math.min(MAX_SIGMA, Math.max(least, 1.25 * noise)).toFixed(1)}`
}

const BLURRED = 0.405 // steepness below which sharpening comes closer to the pristine picture
const CRISP_ENOUGH = 0.05
const MAX_AMOUNT = 0.5
const LARGER_AMOUNT = 0.4 // outlines as strong as a true picture of that size has

/** A larger picture is seen from nearer and always takes it; at its own size only a soft one does. */
function sharpen({ factor }: UpscalePlan, { sharpness }: PictureMeasure) {
  // At 2x, sharpening first would show stairs on slanted edges; at 4x it alone reaches the outlines.
  if (factor === '4') return { before: 'cas=0.2', after: '' }
  const missing = Math.min(MAX_AMOUNT, Math.max(0, (BLURRED - sharpness) * 12))
  const amount = factor === '2' ? LARGER_AMOUNT + missing : missing
  return { before: '', after: amount < CRISP_ENOUGH ? '' : `unsharp=5:5:${amount.toFixed(2)}` }
}

/** Numbers, never `iw*2`: a stream may change its size midway. These flags are the same on each host. */
function scale(video: VideoStream, { factor, from, to }: UpscalePlan): string {
  const { width, height } = factor === '1' ? from : to
  return [
    `scale=${width}:${height}:flags=lanczos+accurate_rnd+bitexact:out_range=tv`,
    ...(isRgb(video) ? ['out_color_matrix=bt709'] : []),
    ...(isDeep(video) ? ['sws_dither=ed'] : []),
  ].join(':')
}

const isRgb = ({ pixelFormat, colour }: VideoStream): boolean =>
  colour.matrix === 'gbr' || /^(gbr|rgb|bgr|argb|abgr)/.test(pixelFormat)

const isDeep = ({ pixelFormat }: VideoStream): boolean => /1[0246](le|be)$/.test(pixelFormat)

/** 4:2:0 needs even sides: the last row and column are repeated. */
function evenSides({ from, to, factor }: UpscalePlan): string[] {
  const right = to.width - from.width
  const bottom = to.height - from.height
  if (factor !== '1' || (right === 0 && bottom === 0)) return []
  return [`pad=${to.width}:${to.height}`, `fillborders=right=${right}:bottom=${bottom}:mode=smear`]
}

const SD_MAX_LINES = 576

/** Says what players would otherwise guess from the size, which has changed. */
export function colourTags(colour: Colour, lines: number): string {
  const matrix = colour.matrix === 'gbr' ? 'bt709' : (colour.matrix ?? usualMatrix(colour, lines))
  const primaries = colour.primaries ?? PRIMARIES[matrix] ?? 'bt709'
  const transfer = colour.transfer ?? (matrix === 'bt709' ? 'bt709' : 'smpte170m')
  return `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`
}

function usualMatrix({ primaries }: Colour, lines: number): string {
  if (primaries === 'bt709' || lines > SD_MAX_LINES) return 'bt709'
  return lines % 288 === 0 ? 'bt470bg' : 'smpte170m' // 288 and 576 lines: PAL
}

const PRIMARIES: Record<string, string> = {
  bt470bg: 'bt470bg',
  smpte170m: 'smpte170m',
  bt2020nc: 'bt2020',
}
