import type { Transaction as BillingTransaction } from '@upscale/types'
import { z } from 'zod'
import { Timestamp } from '../tasks/task-schema.ts'

export const TRANSACTION_TYPES = ['debit', 'refund', 'grant', 'adjustment'] as const

const nullable = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])
const TransactionId = z.string().regex(/^txn_[0-9a-f]{24}$/)

export const Transaction = z
  .object({
    id: TransactionId,
    type: z.enum(TRANSACTION_TYPES),
    amount: z.int().describe('Below 0: taken from the balance'),
    balance_after: z.int().min(0),
    task_id: nullable(z.string()).describe('null: it is about no task'),
    related_id: nullable(TransactionId).describe('Of a refund: its debit'),
    reason: z.string(),
    created_at: Timestamp,
  })
  .meta({ id: 'Transaction', description: 'A line of the ledger: it never changes' })

export const TRANSACTION_EXAMPLE = {
  id: 'txn_018f2c6ae1d34b7790aa51ce',
  type: 'debit',
  amount: -144,
  balance_after: 856,
  task_id: 'task_4fJq9ZbTn2xWc7Lr8KdYs1Vm',
  related_id: null,
  reason: 'upscale 2x, 9 s',
  created_at: '2026-02-14T12:00:00.000Z',
} satisfies z.infer<typeof Transaction>

/** A line of the ledger, for its account. */
export const transactionView = (line: BillingTransaction): z.infer<typeof Transaction> => ({
  id: line.id,
  type: line.type,
  amount: line.amount,
  balance_after: line.balanceAfter,
  task_id: line.taskId,
  related_id: line.relatedId,
  reason: line.reason,
  created_at: line.createdAt,
})
