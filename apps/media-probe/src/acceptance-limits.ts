import {
  AUDIO_CODECS,
  AppError,
  MAX_DURATION_MS,
  MAX_FPS,
  MAX_FRAMES,
  MAX_OUTPUT_SIDE_PX,
  MAX_SOURCE_BYTES,
  UPSCALE_FACTORS,
  VIDEO_CODECS,
  outputSizeOf,
  sourceTooLarge,
  unsupportedVideo,
  videoTooLong,
} from '@upscale/types'
import type { FrameSize, MediaFacts, UpscaleFactor } from '@upscale/types'

const MAX_SAMPLE_ASPECT = 10 // anamorphic film has 2; beyond this the header is broken

/**
 * Throws the first refusal of a video that was read: format, then bytes, then duration, then the size
 * that the result would have.
 */
export function refuseUnacceptable(media: MediaFacts, factor: UpscaleFactor): void {
  refuseFormat(media)
  if (media.bytes > MAX_SOURCE_BYTES) throw sourceTooLarge()
  if (media.durationMs > MAX_DURATION_MS) throw videoTooLong(media.durationMs)
  refuseLargeOutput(media.video, factor)
}

function refuseFormat({ video, audio }: MediaFacts): void {
  refuseCodec('Video', video.codec, VIDEO_CODECS)
  for (const { codec } of audio) refuseCodec('Audio', codec, AUDIO_CODECS)
  if (video.transfer !== 'sdr' || video.dolbyVision) throw hdrNotSupported(video)
  const aspect = video.sar[0] / video.sar[1]
  if (aspect > MAX_SAMPLE_ASPECT || aspect < 1 / MAX_SAMPLE_ASPECT) throw oddAspect(video.sar)
  if (video.fps > MAX_FPS) throw frameRateTooHigh(video.fps)
  if (video.frames > MAX_FRAMES && video.framesExact) throw tooManyFrames(video.frames)
}

function refuseCodec(kind: 'Video' | 'Audio', codec: string, known: readonly string[]): void {
  if (known.includes(codec)) return
  const remedy = kind === 'Video' ? 'H.264 or H.265' : 'AAC or MP3'
  throw unsupportedVideo(
    'codec_not_supported',
    `${kind} codec ${codec} is not supported. Use ${remedy}`,
  )
}

const hdrNotSupported = ({ dolbyVision, transfer }: MediaFacts['video']) =>
  unsupportedVideo(
    'hdr_not_supported',
    `${dolbyVision ? 'Dolby Vision' : `HDR (${transfer.toUpperCase()})`} is not supported. Use an SDR copy`,
  )

const oddAspect = ([width, height]: MediaFacts['video']['sar']) =>
  unsupportedVideo(
    'video_geometry_invalid',
    `Sample aspect ratio ${width}:${height} is out of range. Use square pixels`,
  )

const frameRateTooHigh = (fps: number) =>
  unsupportedVideo('frame_rate_too_high', `Video has ${fps} fps. Maximum is ${MAX_FPS}`)

const tooManyFrames = (frames: number) =>
  unsupportedVideo('too_many_frames', `Video has ${frames} frames. Maximum is ${MAX_FRAMES}`)

function refuseLargeOutput(source: FrameSize, factor: UpscaleFactor): void {
  if (fits(source, factor)) return
  const size = `${source.width}×${source.height}`
  const largest = UPSCALE_FACTORS.findLast((smaller) => fits(source, smaller))
  throw new AppError(
    'OUTPUT_TOO_LARGE',
    `${factor}x of ${size} exceeds ${MAX_OUTPUT_SIDE_PX} px. ` +
      (largest ? `Largest factor is ${largest}` : 'Use a smaller video'),
    largest && { details: { max_factor: largest } },
  )
}

function fits(source: FrameSize, factor: UpscaleFactor): boolean {
  const { width, height } = outputSizeOf(source, factor)
  return Math.max(width, height) <= MAX_OUTPUT_SIDE_PX
}
