import { z } from 'zod'
import { PAGE, parsePageQuery } from '../http/page-query.ts'
import { DELIVERY_STATUSES } from './delivery-schema.ts'
import type { DeliveryFilter } from './delivery-store.ts'

export const DeliveryQuery = z.object({
  task_id: z
    .string()
    .regex(/^task_[A-Za-z0-9]{16,40}$/)
    .optional()
    .describe('Only those of this task'),
  status: z.enum(DELIVERY_STATUSES).optional().describe('Only those that stand so'),
  ...PAGE,
})

/** What a list of deliveries is asked for; the first parameter that does not fit is an INVALID_PARAMETER. */
export function parseDeliveryQuery(query: Readonly<Record<string, unknown>>): DeliveryFilter {
  const { task_id: taskId, cursor: after, ...wanted } = parsePageQuery(DeliveryQuery, query, RULES)
  return { ...wanted, taskId, after }
}

const RULES = {
  task_id: 'task_id must be the id of a task, such as task_4fJq9ZbTn2xWc7Lr8KdYs1Vm',
  status: `status must be one of ${DELIVERY_STATUSES.join(', ')}`,
}
