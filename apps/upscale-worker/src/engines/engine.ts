import type { PieceOfList, VideoStream } from '@upscale/ffmpeg'
import type { PictureSample } from '../picture-samples.ts'
import type { UpscalePlan } from '../plan-upscale.ts'

export interface PictureWork {
  /** Where the pieces go. */
  folder: string
  /** The customer's file. */
  source: string
  video: VideoStream
  plan: UpscalePlan
  /** Some pictures of the source. */
  samples: readonly PictureSample[]
  signal: AbortSignal
  onFrames: (frames: number) => void
}

/** Makes the picture, without sound, as pieces in their order. Throws catalogue errors. */
export interface Engine {
  name: string
  upscale(work: PictureWork): Promise<readonly PieceOfList[]>
}
