import { AppError } from '@upscale/types'
import type { RequestHandler } from 'express'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { callerOf } from './operation.ts'

type Part = Pick<GatewayContext, 'billing' | 'now'>

/**
 * A live account needs a plan or a credit pack; a test account is open, and has its credits of the day
 * before anything looks at them. Reads go on while billing does not answer.
 */
export const requireApiAccess =
  (ctx: Part): RequestHandler =>
  async (req, _res, next) => {
    const may = await mayUse(ctx, callerOf(req)).catch(orRead(req.method))
    if (!may) {
      throw new AppError('FORBIDDEN', 'API access requires a paid plan or credit pack')
    }
    next()
  }

async function mayUse({ billing, now }: Part, { accountId, livemode }: Caller): Promise<boolean> {
  if (livemode) return (await billing.readTerms(accountId)) !== undefined
  await billing.refill(accountId, now().toISOString().slice(0, 10))
  return true
}

const orRead = (method: string) => (error: unknown) => {
  if (method === 'POST') throw error
  return true
}
