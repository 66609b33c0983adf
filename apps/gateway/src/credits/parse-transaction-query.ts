import { AppError } from '@upscale/types'
import { z } from 'zod'
import { TRANSACTION_TYPES } from './transaction-schema.ts'

const MAX_LIMIT = 100
const DEFAULT_LIMIT = 20

export const TransactionQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .describe('Lines of a page'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before'),
  task_id: z
    .string()
    .regex(/^task_[A-Za-z0-9]{16,40}$/)
    .optional()
    .describe('Only the lines of this task'),
  type: z.enum(TRANSACTION_TYPES).optional().describe('Only lines of this type'),
})

/** What billing is asked for; the first parameter that does not fit is an `INVALID_PARAMETER`. */
export function parseTransactionQuery(query: Readonly<Record<string, unknown>>): URLSearchParams {
  const { success, data, error } = TransactionQuery.safeParse(query)
  if (success) {
    const wanted = new URLSearchParams()
    for (const [name, value] of Object.entries(data)) {
      if (value !== undefined) wanted.set(name, String(value))
    }
    return wanted
  }
  const param = String(error.issues[0]?.path[0])
  throw new AppError('INVALID_PARAMETER', RULES[param] ?? `${param} is not valid`, { param })
}

const RULES: Readonly<Record<string, string>> = {
  limit: `limit must be between 1 and ${MAX_LIMIT}`,
  cursor: 'cursor is not valid: send next_cursor of the page before, or none for the first page',
  task_id: 'task_id must be the id of a task, such as task_4fJq9ZbTn2xWc7Lr8KdYs1Vm',
  type: `type must be one of ${TRANSACTION_TYPES.join(', ')}`,
}
