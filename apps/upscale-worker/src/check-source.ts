import { open } from 'node:fs/promises'
import { probeFile, runTool, sourceSampleArgs } from '@upscale/ffmpeg'
import type { MediaInfo, ToolRun, Tools, VideoStream } from '@upscale/ffmpeg'
import { readMedia } from '@upscale/media-reader'
import { AppError, sourceChanged } from '@upscale/types'
import type { MediaFacts } from '@upscale/types'
import { allDone } from './all-done.ts'
import type { UpscaleContext } from './context.ts'
import { sampleFilters, sampleSizeOf, samplesFrom, samplesOf } from './picture-samples.ts'
import type { PictureSample } from './picture-samples.ts'
import { seekTo, uprightSize } from './plan-upscale.ts'
import { refuseOtherSource } from './source-rules.ts'
import { crashTwice, pictureFailure, unreadable } from './tool-failures.ts'

const PROBE_MS = 60_000 // it reads 1 GiB through

export interface CheckedSource {
  info: MediaInfo
  video: VideoStream
  samples: readonly PictureSample[]
}

/** Looks at the file before any work is done: is it what was priced, and can it be worked on? */
export async function checkSource(
  { tools }: Pick<UpscaleContext, 'tools'>,
  path: string,
  media: MediaFacts,
  signal: AbortSignal,
): Promise<CheckedSource> {
  const limits = { timeoutMs: PROBE_MS, signal }
  try {
    const facts = await readFacts(path, media.bytes)
    const info = await crashTwice(() => probeFile(tools, path, limits))
    const video = refuseOtherSource(media, facts, info)
    const samples = await readSamples(tools, path, info, video, limits)
    return { info, video, samples }
  } catch (error) {
    throw pictureFailure(error)
  }
}

/** The same reader that priced it, now on our own copy. */
async function readFacts(path: string, size: number): Promise<MediaFacts> {
  await using file = await open(path)
  const read = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
    return buffer.subarray(0, bytesRead)
  }
  return await readMedia({ size, read }).catch((error: unknown) => {
    throw error instanceof AppError ? sourceChanged(error.key) : error
  })
}

/** The pictures that the engine measures and that the result is compared with. */
async function readSamples(
  tools: Tools,
  source: string,
  { startSeconds }: MediaInfo,
  video: VideoStream,
  limits: Pick<ToolRun, 'timeoutMs' | 'signal'>,
): Promise<PictureSample[]> {
  const upright = uprightSize(video)
  const filters = sampleFilters(upright)
  const samples = samplesOf(video.times.length).map(async (number) => {
    const seekSeconds = seekTo(video, startSeconds, number)
    const args = sourceSampleArgs({ source, streamIndex: video.index, seekSeconds, filters })
    const raw = await crashTwice(() => runTool(tools, 'ffmpeg', { args, ...limits }))
    const [sample] = samplesFrom(raw, sampleSizeOf(upright))
    if (!sample) throw unreadable('source_unreadable')
    return sample
  })
  return await allDone(samples)
}
