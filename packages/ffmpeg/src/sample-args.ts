import { SAFE_DECODE } from './safe-flags.ts'

export interface SourceSamples {
  source: string
  streamIndex: number
  /** Where to seek to for each picture. */
  seekSeconds: readonly number[]
  /** Turns what was decoded into the crop. */
  filters: string
}

/** One input per picture: each seeks by itself, so that a long file costs no more than a short one. */
export function sourceSampleArgs(run: SourceSamples): string[] {
  const inputs = run.seekSeconds.flatMap((seconds) => [
    ...seekArgs(seconds),
    ...SAFE_DECODE,
    '-i',
    `file:${run.source}`,
  ])
  const marks = run.seekSeconds.map((_, at) => `[s${at}]`)
  const graph = run.seekSeconds.map(
    (_, at) => `[${at}:${run.streamIndex}]trim=end_frame=1,${run.filters},setpts=0[s${at}]`,
  )
  const joined = `${marks.join('')}concat=n=${marks.length}:v=1:a=0[out]`
  return [
    ['-nostdin', '-hide_banner', '-v', 'error', ...inputs],
    ['-filter_complex', [...graph, joined].join(';'), '-map', '[out]'],
    ['-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
  ].flat()
}

const seekArgs = (seconds: number): string[] => (seconds > 0 ? ['-ss', seconds.toFixed(6)] : [])

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
