import { toCredits } from '@upscale/types'
import type { AccountId, GrantRequest, GrantView } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { because } from './line-text.ts'
import { postingFailure } from './posting-failure.ts'
import { callGrant } from './posting-store.ts'

/** Adds credits, once per key over all accounts. */
export async function grantCredits(
  { db, events }: BillingContext,
  accountId: AccountId,
  request: GrantRequest,
): Promise<GrantView> {
  const call = { ...request, ...because(request) }
  const row = await callGrant(db, accountId, call).catch(async (error: unknown) => {
    events.ledgerFailed('grant_credits', error)
    throw await postingFailure(db, request.key, error)
  })
  const view = { replay: row.replay, balance: toCredits(row.balance) }
  events.creditsGranted(accountId, call, view)
  return view
}
