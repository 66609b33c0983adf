import type { FrameSize } from './limits.ts'

/** Codecs that we read, by ffmpeg's names: what the probe accepts is what the worker may decode. */
export const VIDEO_CODECS: readonly string[] = [
  'h264',
  'hevc',
  'av1',
  'vp9',
  'vp8',
  'mpeg4',
  'prores',
]
const COMPRESSED_SOUND = ['aac', 'mp3', 'opus', 'vorbis', 'flac', 'alac', 'ac3', 'eac3']
const PLAIN_SOUND = ['pcm_s16le', 'pcm_s16be', 'pcm_s24le', 'pcm_s24be', 'pcm_f32le']
export const AUDIO_CODECS: readonly string[] = [...COMPRESSED_SOUND, ...PLAIN_SOUND]

export type Container = 'mp4' | 'mov' | 'mkv'

export interface VideoFacts {
  /** ffmpeg's name: `h264`, `hevc`, `av1`, `vp9`, `prores` … */
  codec: string
  /** Upright (display) size in pixels, rotation applied, sample aspect not. */
  width: number
  height: number
  codedWidth: number
  codedHeight: number
  /** Clockwise turn in degrees that makes the coded picture upright. */
  rotation: 0 | 90 | 180 | 270
  /** Sample aspect ratio. */
  sar: readonly [number, number]
  fps: number
  frames: number
  /** False where frames and fps are estimates that the worker corrects. */
  framesExact: boolean
  vfr: boolean
  transfer: 'sdr' | 'pq' | 'hlg'
  dolbyVision: boolean
  bitDepth?: number | undefined
  interlaced?: boolean | undefined
}

/** What the probe knows of a source; under 2 kB. */
export interface MediaFacts {
  container: Container
  bytes: number
  /** ETag or Last-Modified: the same file later has the same one. */
  validator?: string | undefined
  /** Presentation duration of the picture, whole milliseconds: limit, price and display use it. */
  durationMs: number
  durationFrom: 'header' | 'fragments' | 'tail'
  /** What the container's own header says, sound that runs on included. */
  containerDurationMs?: number | undefined
  layout: 'faststart' | 'moov_at_end' | 'fragmented' | 'live'
  video: VideoFacts
  audio: readonly { codec: string; language?: string | undefined }[]
  otherTracks: number
}

/** What was measured on the stored result. */
export interface OutputFacts extends FrameSize {
  fps: number
  codec: 'h264' | 'hevc'
  container: 'mp4'
  durationMs: number
  bytes: number
  sha256: string
}
