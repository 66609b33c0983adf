import { MAGIC_VIDEOS } from '@upscale/types'
import type { MagicUpscale, MagicVideo } from '@upscale/types'
import type { UpscaleInput } from '@upscale/workflows/activities'

/** What an attempt is to play; undefined: there is a source to work on. */
export function magicOf({
  livemode,
  magic,
}: Pick<UpscaleInput, 'livemode' | 'magic'>): MagicUpscale | undefined {
  if (livemode !== false || magic === undefined) return undefined
  const video: MagicVideo = MAGIC_VIDEOS[magic]
  return video.upscale
}
