import { z } from 'zod'
import { decodeCursor, encodeCursor } from '@upscale/db'
import type { AuditList } from '@upscale/types'
import type { Operation } from '../../http/operation.ts'
import { listActions } from '../../operators/audit-store.ts'
import { parseInput } from '../../operators/parse-input.ts'

const Query = z.strictObject({
  target: z
    .string()
    .regex(/^[!-~]{1,100}$/)
    .optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

/** What operators did, newest first. */
export const listAudit: Operation = async (ctx, req, res) => {
  const { target, cursor, limit } = parseInput(Query, req.query)
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, [/^\d{1,18}$/])
  const items = await listActions(ctx.db, {
    target,
    limit,
    ...(before !== undefined && { before: BigInt(before) }),
  })
  const last = items.length === limit ? items.at(-1) : undefined
  res.json({ items, nextCursor: last ? encodeCursor([last.id]) : null } satisfies AuditList)
}
