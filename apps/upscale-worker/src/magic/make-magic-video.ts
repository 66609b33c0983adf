import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repeatArgs, runTool } from '@upscale/ffmpeg'
import { outputCodecOf, outputSizeOf } from '@upscale/types'
import type { OutputFacts } from '@upscale/types'
import type { UpscaleInput } from '@upscale/workflows/activities'
import type { UpscaleContext } from '../context.ts'
import { measureResult, outputFacts } from '../measure-result.ts'
import { outputInvalid, pictureFailure, resultFailure } from '../tool-failures.ts'

const STALL_MS = 60_000

type Ordered = Pick<UpscaleInput, 'media' | 'factor'>

interface MagicWork {
  folder: string
  signal: AbortSignal
}

/** Makes a playable video of the ordered size, length and codec; gives its path. */
export async function makeMagicVideo(
  { tools, testPictures }: Pick<UpscaleContext, 'tools' | 'testPictures'>,
  { media, factor }: Ordered,
  { folder, signal }: MagicWork,
): Promise<string> {
  const { fps, frames } = media.video
  const size = outputSizeOf(media.video, factor)
  const source = join(folder, 'picture.mp4')
  const target = join(folder, 'result.mp4')
  const picture = await testPictures({ ...size, fps, codec: outputCodecOf(size) })
  try {
    await writeFile(source, picture, { signal })
    const args = repeatArgs({ source, frames, target })
    await runTool(tools, 'ffmpeg', { args, timeoutMs: STALL_MS, signal })
    return target
  } catch (error) {
    throw pictureFailure(error)
  }
}

/** Measures it as any result. Throws OUTPUT_INVALID where it is not what was ordered. */
export async function measureMagicVideo(
  { tools }: Pick<UpscaleContext, 'tools'>,
  path: string,
  { media, factor }: Ordered,
  signal: AbortSignal,
): Promise<OutputFacts> {
  const size = outputSizeOf(media.video, factor)
  const codec = outputCodecOf(size)
  const measured = await measureResult(tools, path, signal).catch((error: unknown) => {
    throw resultFailure(error)
  })
  const { video } = measured.info
  const isOrdered =
    video?.codec === codec &&
    video.width === size.width &&
    video.height === size.height &&
    video.times.length === media.video.frames
  if (!isOrdered) throw outputInvalid('it is not the video that was ordered')
  return outputFacts(measured, video, { ...size, codec })
}
