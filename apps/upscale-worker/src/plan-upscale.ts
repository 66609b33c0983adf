import type { PictureEncoder, VideoStream } from '@upscale/ffmpeg'
import { outputCodecOf, outputSizeOf } from '@upscale/types'
import type { FrameSize, UpscaleFactor } from '@upscale/types'

/** A run of pictures `[start, end)` that is encoded by itself. */
export interface Piece {
  /** File name in the work folder. */
  name: string
  start: number
  end: number
  /** How long it is shown. */
  seconds: number
  /** Where to seek to, from the file's start; 0: nowhere. */
  seekSeconds: number
  /** Pictures between there and `start` that warm the filters up. */
  skip: number
}

export interface UpscalePlan {
  factor: UpscaleFactor
  /** Upright, before and after. */
  from: FrameSize
  to: FrameSize
  frames: number
  encoder: PictureEncoder
  timescale: number
  pieces: readonly Piece[]
  /** No result is larger: the tool stops there, and so much must be free. */
  maxBytes: number
}

const CRF = 18 // no loss that an eye sees
const SAME_SIZE_CRF = 14 // every pixel is compared: at 18 the encoder would lose what cleaning gains
const THREADS = 8 // fixed: another number gives other pictures. On 2 cores it costs 3 %
const HEVC_FRAME_THREADS = 2 // each holds whole pictures; rows keep the cores busy
const WARM_UP = 4 // pictures that the filters look back at, and two more
const MIN_BYTES = 67_108_864

/** What to make of a source that was checked. */
export function planUpscale(
  video: VideoStream,
  startSeconds: number,
  factor: UpscaleFactor,
): UpscalePlan {
  const from = uprightSize(video)
  const to = outputSizeOf(from, factor)
  const frames = video.times.length
  return {
    factor,
    from,
    to,
    frames,
    encoder: encoderFor(to, factor),
    timescale: video.timescale,
    // One piece is the whole picture; more of them would make the same pictures.
    pieces: [pieceOf(video, startSeconds, 0, frames)],
    maxBytes: maxResultBytes(to, frames),
  }
}

export const uprightSize = ({ width, height, rotation }: VideoStream): FrameSize =>
  rotation % 180 === 0 ? { width, height } : { width: height, height: width }

/** One bit per pixel: three times what noise takes at this quality. */
export const maxResultBytes = ({ width, height }: FrameSize, frames: number): number =>
  Math.max(MIN_BYTES, Math.ceil((width * height * frames) / 8))

function encoderFor(size: FrameSize, factor: UpscaleFactor): PictureEncoder {
  const crf = factor === '1' ? SAME_SIZE_CRF : CRF
  const codec = outputCodecOf(size)
  if (codec === 'h264') {
    return { codec, preset: 'veryfast', crf, threads: THREADS }
  }
  // Above this size the preset decides the whole time: the next one takes 1.7 times as long.
  return { codec, preset: 'ultrafast', crf, threads: HEVC_FRAME_THREADS }
}

/** Pictures `[start, end)`, with the seek and the warm-up that make them the same as in one run. */
export function pieceOf(
  video: VideoStream,
  startSeconds: number,
  start: number,
  end: number,
): Piece {
  const first = Math.max(0, start - WARM_UP)
  return {
    name: `piece-${start}.mp4`,
    start,
    end,
    seconds: (timeOf(video, end) - timeOf(video, start)) / video.timescale,
    seekSeconds: seekTo(video, startSeconds, first),
    skip: start - first,
  }
}

/** Between a picture and the one before it: a seek to a picture's own time rounds to either side. */
export function seekTo(video: VideoStream, startSeconds: number, picture: number): number {
  if (picture === 0) return 0
  const middle = (timeOf(video, picture - 1) + timeOf(video, picture)) / 2
  return middle / video.timescale - startSeconds
}

/** When a picture begins; behind the last one, when that ends. */
const timeOf = ({ times, lastTicks }: VideoStream, picture: number): number =>
  times[picture] ?? (times.at(-1) ?? 0) + lastTicks
