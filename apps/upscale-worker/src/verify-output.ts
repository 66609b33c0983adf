import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import {
  decodeCheckArgs,
  picturesPerSecond,
  pictureSeconds,
  probeFile,
  runTool,
} from '@upscale/ffmpeg'
import type { OutputFacts } from '@upscale/types'
import { allDone } from './all-done.ts'
import type { CheckedSource } from './check-source.ts'
import type { UpscaleContext } from './context.ts'
import { outputFault } from './output-rules.ts'
import {
  pictureFault,
  sampleFilters,
  sampleSizeOf,
  samplesFrom,
  samplesOf,
} from './picture-samples.ts'
import type { UpscalePlan } from './plan-upscale.ts'
import { outputInvalid, resultFailure } from './tool-failures.ts'

const STALL_MS = 60_000

export interface VerifyWork {
  signal: AbortSignal
  onFrames: (frames: number) => void
}

/** Measures the result and compares it with its source. Throws OUTPUT_INVALID. */
export async function verifyOutput(
  { tools }: Pick<UpscaleContext, 'tools'>,
  path: string,
  source: CheckedSource,
  plan: UpscalePlan,
  { signal, onFrames }: VerifyWork,
): Promise<OutputFacts> {
  const limits = { timeoutMs: STALL_MS, signal }
  const [info, decoded, sha256, { size }] = await allDone([
    probeFile(tools, path, limits),
    decodeWhole(),
    sha256Of(path, signal),
    stat(path),
  ]).catch((error: unknown) => {
    throw resultFailure(error)
  })
  const fault =
    outputFault({ ...source, plan }, info, decoded.frames) ??
    pictureFault(source.samples, decoded.samples)
  if (fault || !info.video) throw outputInvalid(fault ?? 'it has no picture')
  return {
    ...plan.to,
    fps: picturesPerSecond(info.video),
    codec: plan.encoder.codec,
    container: 'mp4',
    durationMs: Math.round(pictureSeconds(info.video) * 1000),
    bytes: size,
    sha256,
  }

  async function decodeWhole() {
    let frames = 0
    const filters = sampleFilters(plan.from)
    const args = decodeCheckArgs({ path, samples: samplesOf(plan.frames), filters })
    const raw = await runTool(tools, 'ffmpeg', {
      args,
      ...limits,
      onFrames(count) {
        frames = count
        onFrames(count)
      },
    })
    return { frames, samples: samplesFrom(raw, sampleSizeOf(plan.from)) }
  }
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, { signal })
  return hash.digest('hex')
}
