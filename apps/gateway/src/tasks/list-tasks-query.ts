import type { TaskStatus } from '@upscale/types'
import { z } from 'zod'
import { PAGE, parsePageQuery } from '../http/page-query.ts'

const STATUSES = [
  'pending',
  'processing',
  'completed',
  'failed',
  'canceled',
] as const satisfies readonly TaskStatus[]

const Time = z.iso.datetime({ offset: true }).optional()

export const ListTasksQuery = z.object({
  ...PAGE,
  status: z.enum(STATUSES).optional().describe('Only tasks that stand so'),
  created_after: Time.describe('Only later ones: ISO 8601 with `Z` or an offset'),
  created_before: Time.describe('Only earlier ones: ISO 8601 with `Z` or an offset'),
})

/** Which tasks of an account are asked for. */
export interface TaskFilter {
  limit: number
  cursor: string | undefined
  status: TaskStatus | undefined
  createdAfter: Date | undefined
  createdBefore: Date | undefined
}

/** What a list of tasks is asked for; the first parameter that does not fit is an INVALID_PARAMETER. */
export function parseListTasksQuery(query: Readonly<Record<string, unknown>>): TaskFilter {
  const { limit, cursor, ...wanted } = parsePageQuery(ListTasksQuery, query, RULES)
  const { status, created_after: after, created_before: before } = wanted
  return {
    limit,
    cursor,
    status,
    createdAfter: after === undefined ? undefined : new Date(after),
    createdBefore: before === undefined ? undefined : new Date(before),
  }
}

const TIME_RULE =
  'must be a time in ISO 8601, such as 2026-02-14T12:00:00.000Z (a + is sent as %2B)'
const RULES = {
  status: `status must be one of ${STATUSES.join(', ')}`,
  created_after: `created_after ${TIME_RULE}`,
  created_before: `created_before ${TIME_RULE}`,
}
