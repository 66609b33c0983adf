import { z } from 'zod'
import { decodeCursor, encodeCursor } from '@upscale/db'
import { isCustomerId } from '@upscale/types'
import { listApiKeys } from '../../accounts/api-key-store.ts'
import type { Operation } from '../../http/operation.ts'
import { customerNotFound, findCustomer } from '../../operators/find-customer.ts'
import { parseInput } from '../../operators/parse-input.ts'

const MAX_LIMIT = 100
const LIMIT = `limit must be a whole number from 1 to ${MAX_LIMIT}`

const Query = z.object({
  customerId: z.string().refine(isCustomerId),
  cursor: z.string().optional(),
  limit: z.coerce
    .number({ error: LIMIT })
    .int(LIMIT)
    .min(1, LIMIT)
    .max(MAX_LIMIT, LIMIT)
    .default(MAX_LIMIT),
})
const CURSOR = [/^\d{1,13}$/, /^key_[0-9A-Za-z]{1,40}$/]

/** Keys of a customer, oldest first, without their text. */
export const listKeys: Operation = async (ctx, req, res) => {
  const { customerId, cursor, limit } = parseInput(Query, req.query)
  const [ms, id = ''] = cursor === undefined ? [] : decodeCursor(cursor, CURSOR)
  const after = ms === undefined ? undefined : { createdAt: new Date(Number(ms)), id }
  const rows = await listApiKeys(ctx.db, customerId, { after, limit: limit + 1 })
  if (rows.length === 0 && !(await findCustomer(ctx, customerId))) throw customerNotFound()
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  const nextCursor = last ? encodeCursor([String(last.createdAt.getTime()), last.id]) : null
  res.json({ items, nextCursor })
}
