import type { AccountId, TaskId } from './ids.ts'
import type { UpscaleFactor } from './limits.ts'
import type { Price } from './job.ts'

/** One charge of one task. Never a run id or an attempt number: those change when Temporal repeats. */
export interface ChargeKey {
  taskId: TaskId
  generation: number
}

export type ChargeState =
  'debited' | 'settled' | 'refunded' | 'reversed' | 'rejected' | 'waived' | 'voided'

export interface DebitInput extends ChargeKey {
  accountId: AccountId
  durationMs: number
  factor: UpscaleFactor
  maxCredits?: number | undefined
  /** The price of this time holds, epoch ms: when it was quoted; absent: today's. */
  pricedAt?: number | undefined
  /** A rerun that was delivered but cannot be paid becomes a line of 0 credits. */
  orWaive: boolean
}

export type DebitAnswer =
  | ({ state: 'debited' | 'settled' | 'waived' } & Price)
  | { state: 'refunded' | 'voided' | 'reversed' | 'already_charged' }
  | { state: 'rejected'; required: number; available: number }
  | { state: 'too_expensive'; price: number; maxCredits: number }

export interface RefundInput extends ChargeKey {
  accountId: AccountId
  /** Code of the failure: the reason on the ledger line. */
  code: string
  /** Whole percent of the work done; only a customer's cancel keeps that part. */
  donePercent: number
  /** Who gives back; nobody named: the job's own workflow. */
  actor?: 'workflow' | 'reconciler' | undefined
}

export interface ChargeAnswer {
  state: ChargeState
  /** Credits given back by this charge so far. */
  givenBack: number
}
