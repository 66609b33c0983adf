import type { ChargeFacts, JobState } from './activities.ts'

/** Nothing of the job goes on: its run is closed for long enough, or Temporal knows none. */
export const isOver = ({ run }: JobState, nowMs: number, closedForMs: number): boolean =>
  run.state === 'unknown' || (run.state === 'closed' && run.closedAtMs <= nowMs - closedForMs)

/**
 * So many jobs without a workflow are no accidents but a wrong namespace or a lost store, and a refund of
 * each would be the smaller half of the damage.
 */
export const isTooMany = (count: number, of: number): boolean => count > 20 && count > of / 20

/** What becomes of a row that still runs although its job is over; an open charge is refunded first. */
export function openRowVerdict(
  charges: readonly ChargeFacts[],
  isOverForLong: boolean,
): 'leave' | 'end' | 'reverse' {
  const states = charges.map(({ state }) => state)
  if (states.includes('debited')) return 'leave'
  if (!states.includes('settled')) return 'end'
  return isOverForLong ? 'reverse' : 'leave' // an operator can still deliver it by a reset
}
