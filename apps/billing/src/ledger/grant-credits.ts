import { AppError, toCredits } from '@upscale/types'
import type { AccountId, GrantRequest, GrantView } from '@upscale/types'
import { accountNotFound } from '../accounts/account-not-found.ts'
import type { BillingContext } from '../context.ts'
import { refusalOf, unavailable } from './ledger-failures.ts'
import { callGrant } from './ledger-store.ts'
import { ACTOR_MAX, REASON_MAX, lineText } from './line-text.ts'

/** Adds credits, once per key over all accounts. */
export async function grantCredits(
  { db, events }: BillingContext,
  accountId: AccountId,
  request: GrantRequest,
): Promise<GrantView> {
  const { key, credits } = request
  const reason = lineText(request.reason, REASON_MAX)
  const actor = lineText(request.actor, ACTOR_MAX)
  const row = await callGrant(db, { accountId, key, credits, reason, actor }).catch(
    (error: unknown) => {
      events.ledgerFailed('grant_credits', error)
      throw grantFailure(error)
    },
  )
  const view = { replay: row.replay, balance: toCredits(row.balance) }
  events.creditsGranted(accountId, request, view)
  return view
}

function grantFailure(error: unknown): AppError {
  switch (refusalOf(error)) {
    case 'LG404':
      return accountNotFound()
    case 'LG409':
      return new AppError(
        'INVALID_PARAMETER',
        'key was used for another grant: send the same account and credits, or another key',
        { key: 'grant_key_reused', param: 'key' },
      )
    default:
      return unavailable()
  }
}
