import { isAccountId } from '@upscale/types'
import type { AccountId } from '@upscale/types'
import type { Request } from 'express'
import { accountNotFound } from '../accounts/account-not-found.ts'

/** The account that the path names. A text that no account can have is one that does not exist. */
export function accountIdFrom(req: Request): AccountId {
  const id = req.params['accountId']
  if (typeof id !== 'string' || !isAccountId(id)) throw accountNotFound()
  return id
}
