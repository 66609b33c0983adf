import { ToolError, toolFailureOf } from '@upscale/ffmpeg'
import { AppError, unreachable } from '@upscale/types'

/** Runs work again that died of a decoder crash; the second crash stands. */
export async function crashTwice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isCrash(error)) throw error
    return await work()
  }
}

const isCrash = (error: unknown): boolean =>
  error instanceof ToolError && toolFailureOf(error).blame === 'crash'

/** What a failure means while the source is worked on. Errors of other kinds stay as they are. */
export function pictureFailure(error: unknown): unknown {
  if (!(error instanceof ToolError)) return hostFailure(error)
  const failure = toolFailureOf(error)
  switch (failure.blame) {
    case 'source':
      return unreadable(failure.key, error)
    case 'crash':
      return unreadable('media_crashes_decoder', error)
    case 'host':
      return unavailable(failure.key, error)
    case 'time':
      return new AppError('UPSCALER_TIMEOUT', 'The upscaler made no progress', { cause: error })
    case 'unknown':
      return new AppError('GENERATION_FAILED', 'The upscale failed', {
        key: 'generic',
        cause: error,
      })
    default:
      return unreachable(failure)
  }
}

/** What a failure means while our own result is read. */
export function resultFailure(error: unknown): unknown {
  if (!(error instanceof ToolError)) return hostFailure(error)
  const failure = toolFailureOf(error)
  if (failure.blame === 'host') return unavailable(failure.key, error)
  return outputInvalid('it could not be decoded', error)
}

/** Failures of the disk and of starting a tool; other errors stay as they are. */
export function hostFailure(error: unknown): unknown {
  const { code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>
  if (code === 'ENOSPC' || code === 'EDQUOT') return unavailable('disk_full', error)
  if (syscall?.startsWith('spawn')) return unavailable('ffmpeg_missing', error)
  if (code && syscall) return unavailable('disk_unusable', error)
  return error
}

const REASONS = {
  disk_full: 'The upscaler has no disk space left',
  disk_unusable: 'The upscaler cannot use its work folder',
  out_of_memory: 'The upscaler ran out of memory',
  engine_killed: 'The upscaler was stopped from outside',
  ffmpeg_missing: 'The upscaler cannot start its media tools',
  store_unreachable: 'The upscaler cannot reach the object store',
  source_key_unknown: 'The upscaler lacks the key that sealed the source',
} as const

/** A fault of ours: tried again, then shown to an operator. */
export const unavailable = (key: keyof typeof REASONS, cause?: unknown): AppError =>
  new AppError('UPSCALER_UNAVAILABLE', REASONS[key], { key, cause })

export const unreadable = (key: string, cause?: unknown): AppError =>
  new AppError('SOURCE_UNREADABLE', 'The video could not be decoded', { key, cause })

export const outputInvalid = (reason: string, cause?: unknown): AppError =>
  new AppError('OUTPUT_INVALID', `The result failed verification: ${reason}`, { cause })
