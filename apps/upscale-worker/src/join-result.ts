import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { joinArgs, pieceList, runTool } from '@upscale/ffmpeg'
import type { PieceOfList } from '@upscale/ffmpeg'
import type { CheckedSource } from './check-source.ts'
import type { UpscaleContext } from './context.ts'
import type { UpscalePlan } from './plan-upscale.ts'
import { pictureFailure } from './tool-failures.ts'

const STALL_MS = 60_000

export interface JoinWork {
  folder: string
  source: string
  signal: AbortSignal
  onFrames: (frames: number) => void
}

/** The result: the pieces' picture with all sound, text and titles of the source. Gives its path. */
export async function joinResult(
  { tools }: Pick<UpscaleContext, 'tools'>,
  { info, video }: CheckedSource,
  plan: UpscalePlan,
  pieces: readonly PieceOfList[],
  { folder, source, signal, onFrames }: JoinWork,
): Promise<string> {
  const list = join(folder, 'pieces.txt')
  const target = join(folder, 'result.mp4')
  try {
    await writeFile(list, pieceList(pieces))
    const args = joinArgs({
      ...info,
      ...plan,
      pieceList: list,
      source,
      target,
      codec: plan.encoder.codec,
      pictureDelaySeconds: (video.times[0] ?? 0) / video.timescale - info.startSeconds,
    })
    await runTool(tools, 'ffmpeg', { args, timeoutMs: STALL_MS, signal, onFrames })
    return target
  } catch (error) {
    throw pictureFailure(error)
  }
}
