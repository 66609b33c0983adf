import { join } from 'node:path'
import { pictureArgs, runTool } from '@upscale/ffmpeg'
import type { PieceOfList, Tools } from '@upscale/ffmpeg'
import type { OutputFacts } from '@upscale/types'
import type { Piece } from '../plan-upscale.ts'
import { crashTwice, pictureFailure } from '../tool-failures.ts'
import type { PictureWork } from './engine.ts'

const STALL_MS = 60_000
const LARGE_PICTURE_MEMORY = 12 * 1_073_741_824 // of addresses: 8K takes 2.2 GB of memory
const MEMORY = 4 * 1_073_741_824

/** Address space that an encoder may take. */
export const memoryBytesFor = (codec: OutputFacts['codec']): number =>
  codec === 'hevc' ? LARGE_PICTURE_MEMORY : MEMORY

/** One ffmpeg process per piece, filters and encoder in one graph. Throws catalogue errors. */
export async function encodePieces(
  tools: Tools,
  work: PictureWork,
  filters: string,
): Promise<PieceOfList[]> {
  let before = 0
  for (const piece of work.plan.pieces) {
    const onFrames = (frames: number) => work.onFrames(before + frames)
    await encodePiece(tools, { ...work, onFrames }, piece, filters)
    before += piece.end - piece.start
  }
  return work.plan.pieces.map(({ name, seconds }) => ({ name, seconds }))
}

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
  const memoryBytes = memoryBytesFor(plan.encoder.codec)
  const run = () =>
    runTool(tools, 'ffmpeg', { args, timeoutMs: STALL_MS, signal, memoryBytes, onFrames })
  await crashTwice(run).catch((error: unknown) => {
    throw pictureFailure(error)
  })
}
