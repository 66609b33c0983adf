import { AppError } from '@upscale/types'
import type { AccountId } from '@upscale/types'
import type { RequestHandler } from 'express'
import type { BillingClient } from '../billing-client.ts'
import { callerOf } from './operation.ts'

/** A live account needs a plan or a credit pack. Reads go on while billing does not answer. */
export const requireApiAccess =
  (billing: BillingClient): RequestHandler =>
  async (req, _res, next) => {
    const { accountId, livemode } = callerOf(req)
    const may = !livemode || (await mayUse(billing, accountId).catch(orRead(req.method)))
    if (!may) {
      throw new AppError('FORBIDDEN', 'API access requires a paid plan or credit pack')
    }
    next()
  }

const mayUse = async (billing: BillingClient, id: AccountId): Promise<boolean> =>
  (await billing.readTerms(id)) !== undefined

const orRead = (method: string) => (error: unknown) => {
  if (method === 'POST') throw error
  return true
}
