import { readMedia } from '@upscale/media-reader'
import { objectKeyOf } from '@upscale/object-store'
import { openSource } from '@upscale/runtime'
import { openRanges } from '@upscale/safe-fetch'
import type { RangeReader } from '@upscale/safe-fetch'
import { AppError, isMagicUrl } from '@upscale/types'
import type { MediaFacts } from '@upscale/types'
import type { ProbeInput } from '@upscale/workflows/activities'
import { refuseUnacceptable } from './acceptance-limits.ts'
import type { MediaProbeContext } from './context.ts'
import type { ProbeEvents } from './events.ts'
import { magicFacts } from './magic-facts.ts'
import { openStored } from './open-stored.ts'

/**
 * Facts of a customer's video, if we take it. Reads the headers alone, of a magic URL nothing. Throws
 * PROBE_FAILED, UNSUPPORTED_VIDEO, SOURCE_TOO_LARGE, VIDEO_TOO_LONG or OUTPUT_TOO_LARGE, for a magic URL
 * also INTERNAL_ERROR; or the signal's reason.
 */
export async function probeVideo(
  ctx: MediaProbeContext,
  { taskId, source, factor, livemode }: ProbeInput,
  signal?: AbortSignal,
): Promise<MediaFacts> {
  const url = openSource(ctx.sourceKeys, source)
  const probe = ctx.events.probeBegan(taskId, url)
  try {
    const isMagic = livemode === false && isMagicUrl(url)
    const media = isMagic ? magicFacts(url) : await readFacts(ctx, url, probe, signal)
    refuseUnacceptable(media, factor)
    probe.accepted(media)
    return media
  } catch (error) {
    if (error instanceof AppError) probe.refused(error)
    throw error
  }
}

async function readFacts(
  ctx: MediaProbeContext,
  url: string,
  probe: ProbeEvents,
  signal: AbortSignal | undefined,
): Promise<MediaFacts> {
  await using file = await openFile(ctx, url, signal)
  probe.opened(file)
  const media = await readMedia(file)
  return file.validator === undefined ? media : { ...media, validator: file.validator }
}

/** An upload lies in our own store; everything else at a customer's host. */
function openFile(
  { objects, policy, timeMs }: MediaProbeContext,
  url: string,
  signal: AbortSignal | undefined,
): Promise<RangeReader> {
  const key = objectKeyOf(url)
  if (key !== undefined) return openStored(objects, key, signal)
  return openRanges(url, policy, { timeMs }, signal)
}
