import { readMedia } from '@upscale/media-reader'
import { openSource } from '@upscale/runtime'
import { openRanges } from '@upscale/safe-fetch'
import type { RangeReader } from '@upscale/safe-fetch'
import { AppError } from '@upscale/types'
import type { MediaFacts } from '@upscale/types'
import type { ProbeInput } from '@upscale/workflows/activities'
import { refuseUnacceptable } from './acceptance-limits.ts'
import type { MediaProbeContext } from './context.ts'

/**
 * Facts of a customer's video, if we take it. Reads the headers alone. Throws PROBE_FAILED,
 * UNSUPPORTED_VIDEO, SOURCE_TOO_LARGE, VIDEO_TOO_LONG or OUTPUT_TOO_LARGE, or the signal's reason.
 */
export async function probeVideo(
  ctx: MediaProbeContext,
  { taskId, source, factor }: ProbeInput,
  signal?: AbortSignal,
): Promise<MediaFacts> {
  const url = openSource(ctx.sourceKeys, source)
  const probe = ctx.events.probeBegan(taskId, url)
  try {
    await using file = await openRanges(url, ctx.policy, { timeMs: ctx.timeMs }, signal)
    probe.opened(file)
    const media = await readFacts(file)
    refuseUnacceptable(media, factor)
    probe.accepted(media)
    return media
  } catch (error) {
    if (error instanceof AppError) probe.refused(error)
    throw error
  }
}

async function readFacts(file: RangeReader): Promise<MediaFacts> {
  const media = await readMedia(file)
  return file.validator === undefined ? media : { ...media, validator: file.validator }
}
