import { AppError } from '@upscale/types'
import type { TaskStatus } from '@upscale/types'
import { z } from 'zod'

const MAX_LIMIT = 100
const DEFAULT_LIMIT = 20
const STATUSES = [
  'pending',
  'processing',
  'completed',
  'failed',
  'canceled',
] as const satisfies readonly TaskStatus[]

const Time = z.iso.datetime({ offset: true }).optional()

export const ListTasksQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('Of a page'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before'),
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
  for (const name of Object.keys(ListTasksQuery.shape)) requirePlain(name, query[name])
  const { success, data, error } = ListTasksQuery.safeParse(query)
  if (!success) throw invalid(String(error.issues[0]?.path[0]))
  const { limit, cursor, status, created_after: after, created_before: before } = data
  return {
    limit,
    cursor,
    status,
    createdAfter: after === undefined ? undefined : new Date(after),
    createdBefore: before === undefined ? undefined : new Date(before),
  }
}

/** `a=1&a=2` is an array, and the schema would take `0x10`, `1e1` and an empty text for numbers. */
function requirePlain(name: string, value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'string') {
    throw new AppError('INVALID_PARAMETER', `${name} must be given once`, { param: name })
  }
  if (name === 'limit' && !/^\d{1,9}$/.test(value)) throw invalid(name)
}

function invalid(param: string): AppError {
  return new AppError('INVALID_PARAMETER', RULES[param] ?? `${param} is not valid`, { param })
}

const TIME_RULE =
  'must be a time in ISO 8601, such as 2026-02-14T12:00:00.000Z (a + is sent as %2B)'
const RULES: Readonly<Record<string, string>> = {
  limit: `limit must be between 1 and ${MAX_LIMIT}`,
  cursor: 'cursor is not valid: send next_cursor of the page before, or none for the first page',
  status: `status must be one of ${STATUSES.join(', ')}`,
  created_after: `created_after ${TIME_RULE}`,
  created_before: `created_before ${TIME_RULE}`,
}
