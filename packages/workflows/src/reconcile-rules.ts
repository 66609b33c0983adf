import type { ChargeFacts, JobState } from './reconcile-activities.ts'

/** Nothing of the job goes on: its run is closed for long enough, or Temporal knows none. */
export const isOver = ({ run }: JobState, nowMs: number, closedForMs: number): boolean =>
  run.state === 'unknown' || (run.state === 'closed' && run.closedAtMs <= nowMs - closedForMs)

/**
 * So many jobs without a workflow are no accidents but a wrong namespace or a lost store, and a refund of
 * each would be the smaller half of the damage.
 */
export const isTooMany = (count: number, of: number): boolean => count > 20 && count > of / 20

/**
 * What becomes of an open charge. Delivered and yet open contradicts the order settle, then record: a
 * person decides; unless an operator gave the first charge back and this is a rerun that came to nothing.
 */
export function openChargeVerdict(
  job: JobState,
  charges: readonly ChargeFacts[],
  isJobOver: boolean,
): 'leave' | 'refund' | 'alarm' {
  if (!isJobOver) return 'leave'
  if (job.status !== 'completed') return 'refund'
  return charges.some(({ state }) => state === 'reversed') ? 'refund' : 'alarm'
}

/** Whether a row that still runs can be ended now: no charge of its task is open or paid for. */
export const isRefunded = (charges: readonly ChargeFacts[]): boolean =>
  !charges.some(({ state }) => state === 'debited' || state === 'settled')
