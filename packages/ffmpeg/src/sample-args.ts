import { SAFE_DECODE } from './safe-flags.ts'

export interface SourceSample {
  source: string
  streamIndex: number
  /** From the file's start, between two pictures; 0: the first one. */
  seekSeconds: number
  /** Turns what was decoded into what is looked at. */
  filters: string
}

/** One picture as raw bytes on standard output; the seek keeps a long file as cheap as a short one. */
export const sourceSampleArgs = (run: SourceSample): string[] =>
  [
    ['-nostdin', '-hide_banner', '-v', 'error'],
    run.seekSeconds > 0 ? ['-ss', run.seekSeconds.toFixed(6)] : [],
    [...SAFE_DECODE, '-i', `file:${run.source}`, '-map', `0:${run.streamIndex}`],
    ['-vf', run.filters, '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'],
  ].flat()

export interface DecodeCheck {
  path: string
  /** Numbers of the pictures to give back. */
  samples: readonly number[]
  filters: string
}

/** Decodes a result whole: the count comes by progress, some pictures by standard output. */
export function decodeCheckArgs({ path, samples, filters }: DecodeCheck): string[] {
  const chosen = samples.map((number) => `eq(n,${number})`).join('+')
  return [
    ['-nostdin', '-hide_banner', '-v', 'error', '-xerror'],
    [...SAFE_DECODE, '-i', `file:${path}`],
    ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'null', '-'],
    ['-map', '0:v:0', '-vf', `select='${chosen}',${filters}`],
    ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-progress', 'pipe:3', 'pipe:1'],
  ].flat()
}
