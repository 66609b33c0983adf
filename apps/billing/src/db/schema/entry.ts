import type { GrantPurpose, TaskId } from '@upscale/types'

/** One immutable line of an account. Written by the ledger's functions only. */
export interface EntryTable {
  accountId: string
  /** Its place in the account, from 1. */
  seq: bigint
  kind: 'grant' | 'debit' | 'refund' | 'waive' | 'adjust'
  delta: bigint
  balanceAfter: bigint
  /** Grants and adjustments only: what makes them happen once. */
  key: string | null
  taskId: TaskId | null
  generation: number | null
  /** Grants only; null: a grant from before there were purposes. */
  purpose: GrantPurpose | null
  reason: string
  actor: string
  createdAt: Date
}
