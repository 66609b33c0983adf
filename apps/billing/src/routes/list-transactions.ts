import { decodeCursor, encodeCursor } from '@upscale/db'
import { isTaskId, toCredits } from '@upscale/types'
import type { Transaction, TransactionList } from '@upscale/types'
import { z } from 'zod'
import { accountNotFound } from '../accounts/account-not-found.ts'
import { readAccount } from '../accounts/account-store.ts'
import { listTransactionRows } from '../accounts/transaction-store.ts'
import type { CustomerTransactionView } from '../db/schema/customer-transaction.ts'
import { accountIdFrom } from '../http/account-id-from.ts'
import { parseInput } from '../http/parse-input.ts'
import type { Operation } from './operation.ts'

const Query = z.object({
  task_id: z.string().refine(isTaskId, 'is not a task id').optional(),
  type: z.enum(['debit', 'refund', 'grant', 'adjustment']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
})

export const listTransactions: Operation = async (ctx, req, res) => {
  const accountId = accountIdFrom(req)
  const { task_id: taskId, type, limit, cursor } = parseInput(Query, req.query)
  const beforeSeq = cursor === undefined ? undefined : seqFrom(cursor)
  if (!(await readAccount(ctx.db, accountId))) throw accountNotFound()
  const filter = { taskId, type, beforeSeq, limit: limit + 1 } // one more says whether there is a next page
  const rows = await listTransactionRows(ctx.db, accountId, filter)
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  res.json({
    items: page.map(transactionView),
    nextCursor: last ? encodeCursor([last.seq]) : null,
  } satisfies TransactionList)
}

const seqFrom = (cursor: string): bigint => {
  const [seq = ''] = decodeCursor(cursor, [/^\d{1,18}$/])
  return BigInt(seq)
}

const transactionView = (row: CustomerTransactionView): Transaction => ({
  id: row.id,
  type: row.type,
  amount: toCredits(row.amount),
  balanceAfter: toCredits(row.balanceAfter),
  taskId: row.taskId,
  relatedId: row.relatedId,
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
})
