import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { picturesPerSecond, pictureSeconds, probeFile } from '@upscale/ffmpeg'
import type { MediaInfo, Tools, VideoStream } from '@upscale/ffmpeg'
import type { OutputFacts } from '@upscale/types'
import { allDone } from './all-done.ts'

const STALL_MS = 60_000

/** What a result is by its own packets and bytes. */
export interface MeasuredResult extends Pick<OutputFacts, 'bytes' | 'sha256'> {
  info: MediaInfo
}

export async function measureResult(
  tools: Tools,
  path: string,
  signal: AbortSignal,
): Promise<MeasuredResult> {
  const [info, sha256, { size }] = await allDone([
    probeFile(tools, path, { timeoutMs: STALL_MS, signal }),
    sha256Of(path, signal),
    stat(path),
  ])
  return { info, sha256, bytes: size }
}

/** As customers read it; `video` is the result's, `ordered` what it was checked to be. */
export const outputFacts = (
  { bytes, sha256 }: MeasuredResult,
  video: VideoStream,
  { width, height, codec }: Pick<OutputFacts, 'width' | 'height' | 'codec'>,
): OutputFacts => ({
  width,
  height,
  fps: picturesPerSecond(video),
  codec,
  container: 'mp4',
  durationMs: Math.round(pictureSeconds(video) * 1000),
  bytes,
  sha256,
})

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, { signal })
  return hash.digest('hex')
}
