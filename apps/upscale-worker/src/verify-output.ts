import { decodeCheckArgs, runTool } from '@upscale/ffmpeg'
import type { OutputFacts } from '@upscale/types'
import { allDone } from './all-done.ts'
import type { CheckedSource } from './check-source.ts'
import type { UpscaleContext } from './context.ts'
import { measureResult, outputFacts } from './measure-result.ts'
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
  const [measured, decoded] = await allDone([
    measureResult(tools, path, signal),
    decodeWhole(),
  ]).catch((error: unknown) => {
    throw resultFailure(error)
  })
  const { info } = measured
  const fault =
    outputFault({ ...source, plan }, info, decoded.frames) ??
    pictureFault(source.samples, decoded.samples)
  if (fault || !info.video) throw outputInvalid(fault ?? 'it has no picture')
  return outputFacts(measured, info.video, { ...plan.to, codec: plan.encoder.codec })

  async function decodeWhole() {
    let frames = 0
    const filters = sampleFilters(plan.from)
    const args = decodeCheckArgs({ path, samples: samplesOf(plan.frames), filters })
    const raw = await runTool(tools, 'ffmpeg', {
      args,
      timeoutMs: STALL_MS,
      signal,
      onFrames(count) {
        frames = count
        onFrames(count)
      },
    })
    return { frames, samples: samplesFrom(raw, sampleSizeOf(plan.from)) }
  }
}
