import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'

export const getCredits: Operation = async (ctx, req, res) => {
  const account = await ctx.billing.readAccount(callerOf(req).accountId)
  succeed(res, { credits: account?.balance ?? 0 })
}
