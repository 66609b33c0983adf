import { decodeCursor, encodeCursor } from '@upscale/db'
import { toCredits } from '@upscale/types'
import type { AccountId, AccountList } from '@upscale/types'
import { z } from 'zod'
import { listAccountRows } from '../accounts/account-store.ts'
import { parseInput } from '../http/parse-input.ts'
import type { Operation } from './operation.ts'

const NAME = /^[A-Za-z0-9_:-]{1,70}$/ // only compared with the names of accounts

const Query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
})

export const listAccounts: Operation = async (ctx, req, res) => {
  const { limit, cursor } = parseInput(Query, req.query)
  const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, [NAME])
  const rows = await listAccountRows(ctx.db, { after, limit: limit + 1 }) // one more: a next page
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  res.json({
    items: page.map(({ id, plan, balance }) => ({
      accountId: id as AccountId,
      plan,
      balance: toCredits(balance),
    })),
    nextCursor: last ? encodeCursor([last.id]) : null,
  } satisfies AccountList)
}
