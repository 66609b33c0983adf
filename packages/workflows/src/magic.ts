import { MAGIC_VIDEOS } from '@upscale/types'
import type { MagicVideo, UpscaleJob } from '@upscale/types'
import { failWith } from './failures.ts'
import { QUEUES } from './queues.ts'

/** Throws the refusal of a magic video that nobody can pay for; a quote has no say in it. */
export function refuseUnpaid({ magic, factor }: UpscaleJob): void {
  const video: MagicVideo | undefined = magic && MAGIC_VIDEOS[magic]
  if (video?.unpaid) throw failWith(video.unpaid(factor))
}

/** A magic video that takes its time must not hold the slot of a real one. */
export const upscaleQueueOf = ({ magic }: UpscaleJob): string =>
  magic ? QUEUES.upscaleMagic : QUEUES.upscale
