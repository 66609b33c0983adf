import { join } from 'node:path'
import { pictureArgs, runTool } from '@upscale/ffmpeg'
import type { Tools } from '@upscale/ffmpeg'
import type { Piece } from '../../plan-upscale.ts'
import { crashTwice, pictureFailure } from '../../tool-failures.ts'
import type { Engine, PictureWork } from '../engine.ts'
import { filterChain } from './filter-chain.ts'
import { measurePicture } from './measure-picture.ts'

const STALL_MS = 60_000
const LARGE_PICTURE_MEMORY = 12 * 1_073_741_824 // of addresses: 8K takes 2.2 GB of memory
const MEMORY = 4 * 1_073_741_824

/** The classical engine: one ffmpeg process per piece, filters and encoder in one graph. */
export const createLocalEngine = (tools: Tools): Engine => ({
  name: 'local',
  async upscale(work) {
    const measured = measurePicture(work.samples)
    const filters = filterChain(work.video, work.plan, measured, tools.filters)
    let before = 0
    for (const piece of work.plan.pieces) {
      const onFrames = (frames: number) => work.onFrames(before + frames)
      await encodePiece(tools, { ...work, onFrames }, piece, filters)
      before += piece.end - piece.start
    }
    return work.plan.pieces.map(({ name, seconds }) => ({ name, seconds }))
  },
})

async function encodePiece(
  tools: Tools,
  { folder, source, video, plan, signal, onFrames }: PictureWork,
  piece: Piece,
  filters: string,
): Promise<void> {
  const args = pictureArgs({
    ...plan,
    ...piece,
    frames: piece.end - piece.start,
    source,
    streamIndex: video.index,
    filters,
    target: join(folder, piece.name),
  })
  const memoryBytes = plan.encoder.codec === 'hevc' ? LARGE_PICTURE_MEMORY : MEMORY
  const run = () =>
    runTool(tools, 'ffmpeg', { args, timeoutMs: STALL_MS, signal, memoryBytes, onFrames })
  await crashTwice(run).catch((error: unknown) => {
    throw pictureFailure(error)
  })
}
