import type { AudioStream, TextStream } from './media-info.ts'
import { SAFE_DECODE } from './safe-flags.ts'

/** Makes the result of the picture's pieces and all else that the source holds. */
export interface JoinRun {
  /** An ffconcat list; its names count from its own folder. */
  pieceList: string
  source: string
  codec: 'h264' | 'hevc'
  /** First picture after the source's start. */
  pictureDelaySeconds: number
  timescale: number
  audio: readonly AudioStream[]
  subtitles: readonly TextStream[]
  chapters: readonly string[]
  title: string | undefined
  maxBytes: number
  target: string
}

const BITS_PER_CHANNEL = 96_000 // 192k for stereo

/** Streams are named one by one and tags set anew: places and devices stay behind. */
export function joinArgs(run: JoinRun): string[] {
  return [
    ['-nostdin', '-hide_banner', '-v', 'error', '-xerror'],
    ['-itsoffset', run.pictureDelaySeconds.toFixed(6)],
    ['-protocol_whitelist', 'file', '-f', 'concat', '-i', `file:${run.pieceList}`],
    [...SAFE_DECODE, '-i', `file:${run.source}`],
    ['-map_metadata', '-1', '-map_chapters', run.chapters.length > 0 ? '1' : '-1'],
    ['-map', '0:v:0', '-c:v', 'copy', ...(run.codec === 'hevc' ? ['-tag:v', 'hvc1'] : [])],
    run.audio.flatMap(audioArgs),
    run.subtitles.flatMap(subtitleArgs),
    run.chapters.flatMap((title, at) => valueArgs(`-metadata:c:${at}`, 'title', title)),
    valueArgs('-metadata', 'title', run.title),
    ['-video_track_timescale', String(run.timescale), '-movflags', '+faststart'],
    ['-progress', 'pipe:3', '-fs', String(run.maxBytes)],
    ['-f', 'mp4', '-y', `file:${run.target}`],
  ].flat()
}

const audioArgs = (stream: AudioStream, at: number): string[] =>
  [
    ['-map', `1:${stream.index}`],
    stream.codec === 'aac' ? [`-c:a:${at}`, 'copy'] : aacArgs(stream, at),
    tagArgs(`a:${at}`, stream),
  ].flat()

const aacArgs = ({ channels }: AudioStream, at: number): string[] => {
  const bitsPerSecond = BITS_PER_CHANNEL * Math.max(2, channels)
  return [`-c:a:${at}`, 'aac', `-b:a:${at}`, String(bitsPerSecond)]
}

const subtitleArgs = (stream: TextStream, at: number): string[] => [
  '-map',
  `1:${stream.index}`,
  `-c:s:${at}`,
  'mov_text',
  ...tagArgs(`s:${at}`, stream),
]

const tagArgs = (at: string, { language, title }: TextStream): string[] => [
  ...valueArgs(`-metadata:s:${at}`, 'language', language),
  ...valueArgs(`-metadata:s:${at}`, 'title', title),
]

/** One line, no control characters, at most 200 characters; nothing where there is no value. */
const valueArgs = (option: string, name: string, value: string | undefined): string[] =>
  value ? [option, `${name}=${value.replace(/\p{Cc}+/gu, ' ').slice(0, 200)}`] : []

export interface PieceOfList {
  /** Beside the list. */
  name: string
  seconds: number
}

/** Text of an ffconcat list: exact lengths, so that the pieces' own rounding does not add up. */
export const pieceList = (pieces: readonly PieceOfList[]): string =>
  [
    'ffconcat version 1.0',
    ...pieces.map(({ name, seconds }) => `file ${name}\nduration ${seconds.toFixed(6)}`),
    '',
  ].join('\n')
