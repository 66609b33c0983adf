import { AppError } from '@upscale/types'
import { z } from 'zod'
import { DELIVERY_STATUSES } from './delivery-schema.ts'
import type { DeliveryFilter } from './delivery-store.ts'

const MAX_LIMIT = 100
const DEFAULT_LIMIT = 20

export const DeliveryQuery = z.object({
  task_id: z
    .string()
    .regex(/^task_[A-Za-z0-9]{16,40}$/)
    .optional()
    .describe('Only those of this task'),
  status: z.enum(DELIVERY_STATUSES).optional().describe('Only those that stand so'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .describe('Deliveries of a page'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before'),
})

/** What a list of deliveries is asked for; the first parameter that does not fit is thrown. */
export function parseDeliveryQuery(query: Readonly<Record<string, unknown>>): DeliveryFilter {
  const { limit } = query
  if (limit !== undefined && !isWhole(limit)) throw invalid('limit')
  const { success, data, error } = DeliveryQuery.safeParse(query)
  if (success) {
    return { taskId: data.task_id, status: data.status, limit: data.limit, after: data.cursor }
  }
  throw invalid(String(error.issues[0]?.path[0]))
}

/** The schema alone would take `0x10`, an empty text and a list of one for numbers. */
const isWhole = (value: unknown): boolean => typeof value === 'string' && /^\d{1,9}$/.test(value)

const invalid = (param: string): AppError =>
  new AppError('INVALID_PARAMETER', messageOf(param), { param })

function messageOf(param: string): string {
  switch (param) {
    case 'task_id':
      return 'task_id must be the id of a task, such as task_xyz789xyz789xyz7'
    case 'status':
      return `status must be ${DELIVERY_STATUSES.slice(0, -1).join(', ')} or ${DELIVERY_STATUSES.at(-1)}`
    case 'limit':
      return `limit must be between 1 and ${MAX_LIMIT}`
    default:
      return 'cursor is not valid: send next_cursor of the page before, or none for the first page'
  }
}
