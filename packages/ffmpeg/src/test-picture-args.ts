import type { FrameSize } from '@upscale/types'
import type { PictureEncoder } from './picture-args.ts'
import { CODEC_ARGS } from './picture-args.ts'
import { SAFE_DECODE } from './safe-flags.ts'

export interface TestPictureRun extends FrameSize {
  fps: number
  frames: number
  encoder: PictureEncoder
}

/** A test card that reads no file, as MP4 on standard output; `repeatArgs` can repeat it without a seam. */
export function testPictureArgs({ width, height, fps, frames, encoder }: TestPictureRun): string[] {
  return [
    ['-nostdin', '-hide_banner', '-v', 'error', '-f', 'lavfi'],
    ['-i', `smptehdbars=size=${width}x${height}:rate=${fps}`, '-frames:v', String(frames)],
    ['-pix_fmt', 'yuv420p', '-color_range', 'tv', '-colorspace', 'bt709'],
    ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-bf', '0', '-g', String(frames)],
    [...CODEC_ARGS[encoder.codec], '-preset', encoder.preset, '-crf', String(encoder.crf)],
    ['-threads', String(encoder.threads), '-movflags', 'frag_keyframe+empty_moov'],
    ['-f', 'mp4', 'pipe:1'],
  ].flat()
}

export interface RepeatRun {
  source: string
  /** Pictures of the result: the source's, again and again. */
  frames: number
  target: string
}

/** Repeats a picture without decoding it, so that a minute costs no more than a second. */
export const repeatArgs = ({ source, frames, target }: RepeatRun): string[] =>
  [
    ['-nostdin', '-hide_banner', '-v', 'error', '-xerror', '-stream_loop', '-1'],
    [...SAFE_DECODE, '-i', `file:${source}`, '-map', '0:v:0', '-c', 'copy'],
    ['-frames:v', String(frames), '-movflags', '+faststart'],
    ['-f', 'mp4', '-y', `file:${target}`],
  ].flat()
