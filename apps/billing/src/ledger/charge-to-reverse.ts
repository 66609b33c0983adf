import type { ChargeState } from '@upscale/types'

const NEVER_TAKEN: readonly ChargeState[] = ['rejected', 'voided']

/** The charge that a reversal of the task is about: the newest that took something, else the newest. */
export const chargeToReverse = <Charge extends { state: ChargeState }>(
  charges: readonly Charge[],
): Charge | undefined =>
  charges.findLast(({ state }) => !NEVER_TAKEN.includes(state)) ?? charges.at(-1)
