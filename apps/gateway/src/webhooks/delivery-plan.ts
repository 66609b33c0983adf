import type { AfterFailure, AttemptResult } from '@upscale/workflows/activities'

const DAY_MS = 86_400_000
const GONE = 410
const RETRY_AFTER: readonly number[] = [429, 503]

/** What an attempt means for its delivery. */
export interface DeliveryPlan {
  outcome: AttemptResult['outcome']
  /** Until the next attempt; null: none is planned by this one. */
  waitMs: number | null
  /** Of the delivery from now on; null: as before. */
  status: 'pending' | 'delivered' | 'failed' | null
}

interface Answer {
  /** null: there was no answer. */
  statusCode: number | null
  retryAfterSeconds?: number | undefined
}

/** 2xx is delivered and 410 ends it; anything else waits, as long as a busy receiver asks for up to a day. */
export function planAfter(
  { statusCode, retryAfterSeconds = 0 }: Answer,
  ifItFails: AfterFailure,
): DeliveryPlan {
  if (isDelivered(statusCode)) return { outcome: 'delivered', waitMs: null, status: 'delivered' }
  if (statusCode === GONE) return { outcome: 'gone', waitMs: null, status: 'failed' }
  if (ifItFails === 'keep_plan') return { outcome: 'failed', waitMs: null, status: null }
  if (ifItFails === 'give_up') return { outcome: 'failed', waitMs: null, status: 'failed' }
  const isHeard = statusCode !== null && RETRY_AFTER.includes(statusCode)
  const askedMs = isHeard ? Math.min(retryAfterSeconds * 1_000, DAY_MS) : 0
  return { outcome: 'failed', waitMs: Math.max(ifItFails.waitMs, askedMs), status: 'pending' }
}

const isDelivered = (statusCode: number | null): boolean =>
  statusCode !== null && statusCode >= 200 && statusCode < 300
