import type { AccountId } from '@upscale/types'
import type { Request } from 'express'
import { accountNotFound } from '../accounts/account-not-found.ts'

/** The account that the path names. A text that no account can have is one that does not exist. */
export function accountIdFrom(req: Request): AccountId {
  const id = req.params['accountId']
  if (typeof id !== 'string' || !ACCOUNT_ID.test(id)) throw accountNotFound()
  return id as AccountId
}

export const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}:(live|test)$/
