import { runTool, testPictureArgs } from '@upscale/ffmpeg'
import type { Tools } from '@upscale/ffmpeg'
import type { FrameSize, OutputFacts } from '@upscale/types'
import { memoryBytesFor } from '../engines/encode-pieces.ts'
import { pictureFailure } from '../tool-failures.ts'

const FRAMES = 4 // it stands still: more of them show no more, and a large one takes its time
const CRF = 18
const THREADS = 2
const STALL_MS = 60_000

export interface TestPicture extends FrameSize {
  codec: OutputFacts['codec']
  fps: number
}

/** Some frames of a test card as MP4 bytes, to be repeated. Throws catalogue errors. */
export type TestPictures = (picture: TestPicture) => Promise<Buffer>

/** Each is encoded once in the life of the process: there are a handful of sizes. */
export function createTestPictures(tools: Tools): TestPictures {
  const kept = new Map<string, Promise<Buffer>>()
  return async (picture) => {
    const name = Object.values(picture).join(' ')
    const known = kept.get(name) ?? encode(tools, picture)
    kept.set(name, known)
    return await known.catch((error: unknown) => {
      if (kept.get(name) === known) kept.delete(name)
      throw pictureFailure(error)
    })
  }
}

function encode(tools: Tools, { codec, ...picture }: TestPicture): Promise<Buffer> {
  const encoder = { codec, preset: 'ultrafast', crf: CRF, threads: THREADS }
  return runTool(tools, 'ffmpeg', {
    args: testPictureArgs({ ...picture, frames: FRAMES, encoder }),
    timeoutMs: STALL_MS,
    memoryBytes: memoryBytesFor(codec),
  })
}
