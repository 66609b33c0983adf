import { AppError } from '@upscale/types'

/** A part that we need does not answer; the same request may succeed in a moment. */
export const tryAgain = (cause?: unknown): AppError =>
  new AppError('SERVICE_UNAVAILABLE', 'Try again in 5 s', { cause })
