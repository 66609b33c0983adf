import {
  AppError,
  insufficientCredits,
  internalError,
  probeFailed,
  unsupportedVideo,
} from './errors.ts'
import { MAGIC_ORIGIN } from './limits.ts'
import type { FrameSize, UpscaleFactor } from './limits.ts'
import type { MediaFacts } from './media.ts'

/** What a test key's URL of a given name turns out to be; nothing is ever fetched for it. */
export type MagicVideo = UnreadableVideo | ReadableVideo

interface UnreadableVideo {
  /** Why the probe refuses it. */
  refused: () => AppError
  media?: never
  unpaid?: never
  upscale?: never
}

interface ReadableVideo {
  refused?: never
  /** What the probe reads; the usual limits still hold. */
  media: MediaFacts
  /** Why nobody can pay for it. */
  unpaid?: (factor: UpscaleFactor) => AppError
  upscale: MagicUpscale
}

/** What an attempt at a magic video does. */
export interface MagicUpscale {
  /** From its begin to its result, ms, the hold not counted. */
  takesMs: number
  /** Stays at this percent of the upscaling for so long. */
  hold?: { percent: number; ms: number }
  /** Fails half way through the upscaling, so many attempts long. */
  fails?: { why: () => AppError; times: number }
}

const FPS = 30
const BYTES_PER_MS = 740 // of a good 720p clip
const SHORT_MS = 8_500
const MINUTE_MS = 60_000
const HD: FrameSize = { width: 1280, height: 720 }

const mediaOf = (durationMs: number, size: FrameSize = HD): MediaFacts => ({
  container: 'mp4',
  bytes: durationMs * BYTES_PER_MS,
  durationMs,
  durationFrom: 'header',
  layout: 'faststart',
  video: {
    ...size,
    codec: 'h264',
    codedWidth: size.width,
    codedHeight: size.height,
    rotation: 0,
    sar: [1, 1],
    fps: FPS,
    frames: (durationMs * FPS) / 1000,
    framesExact: true,
    vfr: false,
    transfer: 'sdr',
    dolbyVision: false,
  },
  audio: [],
  otherTracks: 0,
})

const QUICK: MagicUpscale = { takesMs: 2_700 } // with the way there and back, 3 s
const readable = (upscale: MagicUpscale, media = mediaOf(SHORT_MS)): ReadableVideo => ({
  media,
  upscale,
})
const failing = (why: () => AppError) =>
  readable({ takesMs: 1_000, fails: { why, times: Infinity } })
const lost = () => new AppError('UPSCALER_UNAVAILABLE', 'The upscaler was stopped from outside')
const refused = (why: () => AppError): UnreadableVideo => ({ refused: why })

/** By the name behind `MAGIC_ORIGIN`. */
export const MAGIC_VIDEOS = {
  'ok.mp4': readable(QUICK),
  'slow.mp4': readable({ takesMs: MINUTE_MS }),
  'stuck.mp4': readable({ ...QUICK, hold: { percent: 50, ms: 10 * MINUTE_MS } }),
  'sixty.mp4': readable(QUICK, mediaOf(MINUTE_MS)),
  'fails-processing.mp4': failing(
    () => new AppError('GENERATION_FAILED', 'The upscale failed', { key: 'generic' }),
  ),
  'upscaler-timeout.mp4': failing(
    () => new AppError('UPSCALER_TIMEOUT', 'The upscaler did not answer in time'),
  ),
  'retry.mp4': readable({ ...QUICK, fails: { why: lost, times: 1 } }),
  'too-long.mp4': readable(QUICK, mediaOf(74_200)),
  'big.mp4': readable(QUICK, mediaOf(SHORT_MS, { width: 2560, height: 1440 })),
  'insufficient-credits.mp4': {
    ...readable(QUICK),
    unpaid: (factor) => insufficientCredits(9 * (factor === '4' ? 28 : 16), 45), // 9 s at list price
  },
  '404.mp4': refused(() => probeFailed('source_http_status', 'the server answered 404')),
  'timeout.mp4': refused(() => probeFailed('source_timeout', 'the server took too long')),
  'corrupt.mp4': refused(() =>
    probeFailed(
      'source_not_video',
      'the file is not a video. Use the address of an MP4, MOV or MKV file',
    ),
  ),
  'clip.webm': refused(() =>
    unsupportedVideo('format_not_supported', 'webm is not supported. Use MP4, MOV or MKV'),
  ),
  'error.mp4': refused(() => internalError()),
} as const satisfies Record<string, MagicVideo>

export type MagicName = keyof typeof MAGIC_VIDEOS

/** Matched as text, before anything looks at the URL otherwise. */
export const isMagicUrl = (url: string): boolean => url.startsWith(MAGIC_ORIGIN)

/** Name of the magic video; undefined: no magic URL, or one that names none. */
export function magicNameOf(url: string): MagicName | undefined {
  if (!isMagicUrl(url)) return undefined
  const [name = ''] = url.slice(MAGIC_ORIGIN.length).split(/[?#]/)
  return isMagicName(name) ? name : undefined
}

const isMagicName = (name: string): name is MagicName => Object.hasOwn(MAGIC_VIDEOS, name)

/** A magic URL whose name stands in no table. */
export const noMagicVideo = (): AppError =>
  probeFailed(
    'source_http_status',
    `magic.test has no video of this name. It has ${Object.keys(MAGIC_VIDEOS).join(', ')}; ` +
      'the documentation says what each does, under test mode',
  )
