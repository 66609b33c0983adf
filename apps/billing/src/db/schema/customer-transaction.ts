import type { GrantPurpose, TaskId, Transaction } from '@upscale/types'

/** A view: one row per ledger entry, in the words that customers read. */
export interface CustomerTransactionView {
  accountId: string
  seq: bigint
  kind: 'grant' | 'debit' | 'refund' | 'waive' | 'adjust'
  id: string
  type: Transaction['type']
  amount: bigint
  balanceAfter: bigint
  taskId: TaskId | null
  relatedId: string | null
  reason: string
  createdAt: Date
  /** Grants only; null: a grant from before there were purposes. */
  purpose: GrantPurpose | null
}
