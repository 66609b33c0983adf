import type { ReconcileInput } from './activities.ts'

/** Ids of the Temporal Schedules, and of the workflows that they start (Temporal appends the time). */
export const RECONCILE_SCHEDULE = 'reconcile-billing'
export const AUDIT_SCHEDULE = 'audit-billing'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What the pass of every minute looks at. */
export const RECONCILE_INPUT: ReconcileInput = {
  openAfterMs: 5 * MINUTE_MS, // the longest admission and then some
  closedForMs: 2 * MINUTE_MS, // an operator who resets a job is faster
  undeliveredAfterMs: HOUR_MS, // an operator can still deliver it by a reset
  windowMs: HOUR_MS / 2, // thirty chances for each charge and delivery; the night looks at all of them
  audit: false,
}

/** The nightly pass: the same over two days, so that one night may be missed, and the whole of the books. */
export const AUDIT_INPUT: ReconcileInput = {
  ...RECONCILE_INPUT,
  windowMs: 49 * HOUR_MS,
  audit: true,
}

/** How far back an operator's word reaches that jobs are lost. */
export const CONFIRMED_WINDOW_MS = 30 * 24 * HOUR_MS
