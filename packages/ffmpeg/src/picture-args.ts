import { SAFE_DECODE } from './safe-flags.ts'

export interface PictureEncoder {
  codec: 'h264' | 'hevc'
  preset: string
  crf: number
  threads: number
}

/** One piece of the picture: `frames` pictures of a file, cleaned, scaled and encoded. */
export interface PictureRun {
  source: string
  streamIndex: number
  /** From the file's start, between two pictures; 0: from the first. */
  seekSeconds: number
  /** Pictures after the seek that only warm the filters up. */
  skip: number
  frames: number
  filters: string
  encoder: PictureEncoder
  /** Ticks of a second in the result, so that every time stays exact. */
  timescale: number
  /** The tool stops writing there. */
  maxBytes: number
  target: string
}

export const CODEC_ARGS = {
  h264: ['-c:v', 'libx264'],
  hevc: ['-c:v', 'libx265', '-tag:v', 'hvc1', '-x265-params', 'log-level=error'],
} as const

/** Frame-exact whatever the timestamps: they pass through, and frames are counted, not timed. */
export function pictureArgs(run: PictureRun): string[] {
  const { encoder } = run
  const cut = run.skip > 0 ? `,trim=start_frame=${run.skip},setpts=PTS-STARTPTS` : ''
  return [
    ['-nostdin', '-hide_banner', '-v', 'error', '-xerror'],
    run.seekSeconds > 0 ? ['-ss', run.seekSeconds.toFixed(6)] : [],
    [...SAFE_DECODE, '-i', `file:${run.source}`, '-map', `0:${run.streamIndex}`],
    ['-vf', `${run.filters}${cut}`, '-frames:v', String(run.frames)],
    ['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-map_metadata', '-1'],
    [...CODEC_ARGS[encoder.codec], '-preset', encoder.preset, '-crf', String(encoder.crf)],
    ['-threads', String(encoder.threads), '-video_track_timescale', String(run.timescale)],
    ['-progress', 'pipe:3', '-fs', String(run.maxBytes)],
    ['-f', 'mp4', '-y', `file:${run.target}`],
  ].flat()
}
