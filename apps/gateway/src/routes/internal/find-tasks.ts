import { z } from 'zod'
import type { Operation } from '../../http/operation.ts'
import { findTasks } from '../../operators/find-tasks.ts'
import { parseInput } from '../../operators/parse-input.ts'

const MAX_LIMIT = 100
const LIMIT = `limit must be a whole number from 1 to ${MAX_LIMIT}`

const Query = z.object({
  find: z.string({ error: 'find is missing: give the id of a task, request, account or customer' }),
  cursor: z.string().optional(),
  limit: z.coerce
    .number({ error: LIMIT })
    .int(LIMIT)
    .min(1, LIMIT)
    .max(MAX_LIMIT, LIMIT)
    .default(20),
})

/** Tasks under an id of any kind, newest first. */
export const findTasksUnderId: Operation = async (ctx, req, res) => {
  const { find, cursor, limit } = parseInput(Query, req.query)
  res.json(await findTasks(ctx, find.trim(), { cursor, limit }))
}
