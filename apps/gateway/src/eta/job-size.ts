import { outputCodecOf, outputSizeOf } from '@upscale/types'
import type { MediaFacts, UpscaleFactor } from '@upscale/types'

/** What the time of an upscale depends on. */
export interface JobSize {
  livemode: boolean
  factor: UpscaleFactor
  codec: 'h264' | 'hevc'
  /** Pixels of all pictures of the result, in millions. */
  megapixels: number
}

/** Size of an upscale from the upright pictures of its source. */
export function jobSizeOf(
  { width, height, frames }: Pick<MediaFacts['video'], 'width' | 'height' | 'frames'>,
  factor: UpscaleFactor,
  livemode: boolean,
): JobSize {
  const size = outputSizeOf({ width, height }, factor)
  const megapixels = (size.width * size.height * frames) / 1_000_000
  return { livemode, factor, codec: outputCodecOf(size), megapixels }
}
