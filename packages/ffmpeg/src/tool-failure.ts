import type { FetchKey, MediaKey } from '@upscale/types'
import type { ToolError } from './tool-error.ts'

/** Why a media tool failed, in the words of the catalogue. */
export type ToolFailure =
  | { blame: 'source'; key: MediaKey | FetchKey | 'source_unreadable' | 'output_too_large' }
  | { blame: 'crash' }
  | { blame: 'host'; key: 'disk_full' | 'out_of_memory' | 'engine_killed' }
  | { blame: 'time' }
  | { blame: 'unknown' }

const CRASHES = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS']

const REASONS: readonly [RegExp, ToolFailure][] = [
  [/No space left on device|Disk quota exceeded/, { blame: 'host', key: 'disk_full' }],
  [/Cannot allocate memory/, { blame: 'host', key: 'out_of_memory' }],
  [
    /not on whitelist.*format|Format not on whitelist/i,
    { blame: 'source', key: 'format_not_supported' },
  ],
  [/Codec \(.*\) not on whitelist/, { blame: 'source', key: 'codec_not_supported' }],
  [/exceeds specified max pixel count/, { blame: 'source', key: 'output_too_large' }],
  [/max_streams/, { blame: 'source', key: 'too_many_streams' }],
  // Decoders, parsers and demuxers name themselves; our encoders and muxers have other names.
  [
    /^\[(h264|hevc|av1|libdav1d|vp[89]|mpeg4|prores|aac|mp3float|mp3|opus|vorbis|flac|alac|e?ac3|pcm_\w+|NULL|mov,mp4|matroska)[^\]]* @ /m,
    { blame: 'source', key: 'source_unreadable' },
  ],
  [/Error while decoding|corrupt decoded frame/, { blame: 'source', key: 'source_unreadable' }],
]

/** Reads the reason from how the tool ended; stderr itself is never shown. */
export function toolFailureOf({ exitSignal, timedOut, stderr }: ToolError): ToolFailure {
  if (timedOut) return { blame: 'time' }
  if (exitSignal && CRASHES.includes(exitSignal)) return { blame: 'crash' }
  if (exitSignal) return { blame: 'host', key: 'engine_killed' }
  return REASONS.find(([pattern]) => pattern.test(stderr))?.[1] ?? { blame: 'unknown' }
}
