import type { ResetPoint } from './reset-history.ts'

/** The state a job is in when it is reset. */
export const KINDS = ['running', 'parked', 'failed', 'completed'] as const
export type Kind = (typeof KINDS)[number]

/** What the new run meets: a good source, a spoiled one, none, or an account that spent its refund. */
export const RERUNS = ['succeeds', 'fails', 'no source', 'cannot pay'] as const
/** `refund` is an operator's decision on a job that parks again. */
export type Rerun = (typeof RERUNS)[number] | 'refund'

export interface Ending {
  status: 'completed' | 'failed'
  charges: string[]
  run: 'COMPLETED' | 'FAILED'
  /** The run ended refused and could not know of the charge that an earlier one left open. */
  reconciled?: true
}

const failed = (...charges: string[]): Ending => ({ status: 'failed', charges, run: 'FAILED' })
const delivered = (...charges: string[]): Ending => ({
  status: 'completed',
  charges,
  run: 'COMPLETED',
})

/**
 * How a job of this kind ends when it is reset to that point: the events of ledger.md, one by one. A
 * running or parked job whose account cannot pay was terminated first, and the reconciler gave it back.
 */
export function expectedEnding(kind: Kind, { ended }: ResetPoint, rerun: Rerun): Ending {
  const isRefused = rerun === 'no source' && !ended.has('probeVideo')
  if (kind === 'completed') {
    const fails = !ended.has('upscale') && (rerun === 'fails' || rerun === 'no source')
    return { ...delivered('settled'), run: fails && !isRefused ? 'FAILED' : 'COMPLETED' }
  }
  if (kind === 'failed' && ended.has('upscale')) return failed('refunded') // only its end is repeated
  const isOpen = kind !== 'failed' && rerun !== 'cannot pay'
  if (isRefused)
    return { ...failed('refunded'), run: 'COMPLETED', ...(isOpen && { reconciled: true }) }
  if (isOpen) return rerun === 'succeeds' ? delivered('settled') : failed('refunded')

  switch (rerun) {
    case 'succeeds':
      return delivered('refunded', 'settled')
    case 'cannot pay': {
      // A parked job pays before it goes on; any other is delivered by then, and the line is waived.
      const isPaidFirst = !ended.has('debit') || kind === 'parked'
      return isPaidFirst ? failed('refunded', 'rejected') : delivered('refunded', 'waived')
    }
    case 'fails':
    case 'no source':
    case 'refund':
      return ended.has('debit') ? failed('refunded') : failed('refunded', 'refunded')
  }
}
