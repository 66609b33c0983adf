import type { ChargeState } from '@upscale/types'
import type { ChargeRow } from '../../tests/ledger-calls.ts'

const NEXT: Record<ChargeState, readonly ChargeState[]> = {
  debited: ['settled', 'refunded', 'reversed'],
  settled: ['reversed'],
  refunded: [],
  reversed: [],
  rejected: [],
  waived: [],
  voided: [],
}

/** What the ledger says of a charge that it has written down. */
export type ChargeFact = ChargeRow & { state: ChargeState }

/** `already_charged` and `too_expensive` speak of no charge: nothing was written. */
export const isFact = (row: ChargeRow): row is ChargeFact => Object.hasOwn(NEXT, row.state)

/** Whether `later` may be heard of a charge of which `earlier` was heard before. */
export const mayFollow = (earlier: ChargeFact, later: ChargeFact): boolean =>
  earlier.amount === later.amount &&
  (earlier.state === later.state
    ? earlier.givenBack === later.givenBack && earlier.balance === later.balance
    : NEXT[earlier.state].includes(later.state))

/** Credits that stay with us. */
export function keptOf({ state, amount, givenBack }: ChargeFact): bigint {
  const isTaken = ['debited', 'settled', 'refunded', 'reversed'].includes(state)
  return isTaken ? (amount ?? 0n) - (givenBack ?? 0n) : 0n
}

export const describe = ({ state, replay, amount, givenBack, balance }: ChargeRow): string =>
  `${state} (amount ${amount}, given back ${givenBack}, balance ${balance}${replay ? ', replay' : ''})`
