import { z } from 'zod'
import { accountIdFrom } from '../http/account-id-from.ts'
import { parseInput } from '../http/parse-input.ts'
import { grantCredits as grant } from '../ledger/grant-credits.ts'
import type { Operation } from './operation.ts'

const GRANT_MAX = 1_000_000_000 // a slip of the hand, not a purchase; far below what a balance holds

const Body = z.object({
  key: z.string().min(1).max(200),
  credits: z.number().int().min(1).max(GRANT_MAX),
  reason: z.string().min(1),
  actor: z.string().min(1),
})

export const grantCredits: Operation = async (ctx, req, res) => {
  res.json(await grant(ctx, accountIdFrom(req), parseInput(Body, req.body)))
}
