import { MAGIC_VIDEOS, magicNameOf, noMagicVideo } from '@upscale/types'
import type { MagicVideo, MediaFacts } from '@upscale/types'

/** What a magic URL is said to hold; nothing is fetched. Throws the refusal that its name stands for. */
export function magicFacts(url: string): MediaFacts {
  const name = magicNameOf(url)
  if (!name) throw noMagicVideo()
  const video: MagicVideo = MAGIC_VIDEOS[name]
  if (video.refused) throw video.refused()
  return video.media
}
