import { AppError } from '@upscale/types'

const MIN_RETRY_SECONDS = 1
const OPEN_RETRY_SECONDS = 5 // nobody knows when one of them ends

/**
 * Too many in a window of time: `limit` as people read it (`600/min`, `500/day`). `Retry-After` is never
 * before `resetsAt`.
 */
export const rateLimited = ({
  limit,
  resetsAt,
  now,
  key,
}: {
  limit: string
  resetsAt: Date
  now: Date
  key?: string
}): AppError =>
  new AppError(
    'RATE_LIMITED',
    `Rate limit exceeded. Limit: ${limit}. Resets at: ${resetsAt.toISOString()}`,
    { key, retryAfterSeconds: secondsUntil(resetsAt, now) },
  )

/** Too many at the same time (`20 open streams`): a place comes free when one ends, so `remedy` says what to do. */
export const tooManyOpen = ({
  limit,
  remedy,
  key,
}: {
  limit: string
  remedy: string
  key?: string
}): AppError =>
  new AppError('RATE_LIMITED', `Rate limit exceeded. Limit: ${limit}. ${remedy}`, {
    key,
    retryAfterSeconds: OPEN_RETRY_SECONDS,
  })

/** Whole seconds, rounded up, so that who waits them comes after the moment. */
export const secondsUntil = (moment: Date, now: Date): number =>
  Math.max(MIN_RETRY_SECONDS, Math.ceil((moment.getTime() - now.getTime()) / 1000))
