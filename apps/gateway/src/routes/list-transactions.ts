import { z } from 'zod'
import { TransactionQuery, parseTransactionQuery } from '../credits/parse-transaction-query.ts'
import { TRANSACTION_EXAMPLE, Transaction, transactionView } from '../credits/transaction-schema.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async (ctx, req, res) => {
  const query = parseTransactionQuery(req.query)
  const { items, nextCursor } = await ctx.billing.listTransactions(callerOf(req).accountId, query)
  succeed(res, {
    items: items.map(transactionView),
    has_more: nextCursor !== null,
    next_cursor: nextCursor,
  })
}

export const listTransactions: Endpoint = {
  id: 'listTransactions',
  method: 'GET',
  path: '/api/v1/credits/transactions',
  access: 'account',
  tag: 'Credits',
  summary: 'List what moved credits',
  description:
    'Newest first, append-only: the sum of all amounts is the balance, and a refund names its debit in `related_id`. With `task_id` it answers why one was charged.',
  query: TransactionQuery,
  answers: {
    200: {
      description: 'A page of the ledger',
      data: z.object({
        items: z.array(Transaction),
        has_more: z.boolean(),
        next_cursor: z.union([z.string(), z.null()]),
      }),
      example: { items: [TRANSACTION_EXAMPLE], has_more: false, next_cursor: null },
    },
  },
  errors: [],
  run,
}
