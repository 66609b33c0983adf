import type { VideoStream } from '@upscale/ffmpeg'
import type { UpscalePlan } from '../../plan-upscale.ts'
import { scaleChain } from '../scale-chain.ts'
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
  return [...[...cleaning, before].filter(has), scaleChain(video, plan, [after].filter(has))].join(
    ',',
  )
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
