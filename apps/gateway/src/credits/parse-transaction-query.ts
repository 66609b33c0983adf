import { z } from 'zod'
import { PAGE, parsePageQuery } from '../http/page-query.ts'
import { TRANSACTION_TYPES } from './transaction-schema.ts'

export const TransactionQuery = z.object({
  ...PAGE,
  task_id: z
    .string()
    .regex(/^task_[A-Za-z0-9]{16,40}$/)
    .optional()
    .describe('Only the lines of this task'),
  type: z.enum(TRANSACTION_TYPES).optional().describe('Only lines of this type'),
})

/** What billing is asked for; the first parameter that does not fit is an INVALID_PARAMETER. */
export function parseTransactionQuery(query: Readonly<Record<string, unknown>>): URLSearchParams {
  const wanted = new URLSearchParams()
  for (const [name, value] of Object.entries(parsePageQuery(TransactionQuery, query, RULES))) {
    if (value !== undefined) wanted.set(name, String(value))
  }
  return wanted
}

const RULES = {
  task_id: 'task_id must be the id of a task, such as task_4fJq9ZbTn2xWc7Lr8KdYs1Vm',
  type: `type must be one of ${TRANSACTION_TYPES.join(', ')}`,
}
