/**
 * The clocks of a job. Probe + debit stay under the gateway's deadline for the whole POST, which stays
 * under the 20 s that the server holds one call.
 */
export const ADMIT_DEADLINE_MS = 20_000

export const PROBE = { startToClose: '13s', scheduleToClose: '15s' } as const
export const DEBIT = { startToClose: '2s', scheduleToClose: '4s', firstRetry: '100ms' } as const
/** Settle, refund and recordTask never give up: money and truth wait as long as it takes. */
export const UNTIL_DONE = {
  startToClose: '10s',
  firstRetry: '100ms',
  longestRetry: '1 minute',
} as const
export const UPSCALE = { startToClose: '2h', heartbeat: '30s', longestRetry: '5 minutes' } as const
/** A pass of the reconciler: what does not answer in this time is left to the next pass. */
export const RECONCILE = {
  look: { startToClose: '30s', scheduleToClose: '2 minutes' },
  repair: { startToClose: '10s', scheduleToClose: '30s' },
  audit: { startToClose: '10 minutes', scheduleToClose: '20 minutes' },
} as const
/** One attempt of a webhook: its place in the line of its host, 10 s for the receiver, and our rows. */
export const WEBHOOK = {
  startToClose: '1 minute',
  firstRetry: '1s',
  longestRetry: '1 minute',
} as const
/** One part of what expires: its own budget is five minutes, the following pass does the rest. */
export const RETENTION = { startToClose: '7 minutes', heartbeat: '1 minute', attempts: 3 } as const
