import type { AccountId, TaskId, Transaction } from '@upscale/types'
import type { CustomerTransactionView } from '../db/schema/customer-transaction.ts'
import type { BillingDb } from '../db/schema/index.ts'

export interface TransactionFilter {
  taskId?: TaskId | undefined
  type?: Transaction['type'] | undefined
  /** Only older ones than this place in the account. */
  beforeSeq?: bigint | undefined
  limit: number
}

const KINDS = {
  debit: ['debit'],
  refund: ['refund'],
  grant: ['grant'],
  adjustment: ['adjust', 'waive'],
} as const satisfies Record<Transaction['type'], CustomerTransactionView['kind'][]>

/** Newest first, by the place in the account. */
export const listTransactionRows = (
  db: BillingDb,
  accountId: AccountId,
  filter: TransactionFilter,
) => {
  const { taskId, type, beforeSeq, limit } = filter
  return db
    .selectFrom('billing.customerTransaction')
    .selectAll()
    .where('accountId', '=', accountId)
    .$if(taskId !== undefined, (query) => query.where('taskId', '=', taskId as TaskId))
    .$if(type !== undefined, (query) =>
      query.where('kind', 'in', KINDS[type as Transaction['type']]),
    )
    .$if(beforeSeq !== undefined, (query) => query.where('seq', '<', beforeSeq as bigint))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
}
