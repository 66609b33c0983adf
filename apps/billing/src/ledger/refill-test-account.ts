import { AppError, toCredits } from '@upscale/types'
import type { AccountId, RefillRequest, RefillView } from '@upscale/types'
import { accountNotFound } from '../accounts/account-not-found.ts'
import type { BillingContext } from '../context.ts'
import { refusalOf, unavailable } from './ledger-failures.ts'
import { callRefill } from './posting-store.ts'

const TEST_CREDITS = 100_000n

/** Lifts a test account to its daily credits, at most once a day; never takes any. */
export async function refillTestAccount(
  { db, events }: BillingContext,
  accountId: AccountId,
  { day }: RefillRequest,
): Promise<RefillView> {
  const key = `test-refill/${accountId}/${day}`
  const call = { key, target: TEST_CREDITS }
  const balance = await callRefill(db, accountId, call).catch((error: unknown) => {
    events.ledgerFailed('refill', error)
    throw refillFailure(error)
  })
  const view = { balance: toCredits(balance) }
  events.testAccountRefilled(accountId, day, view.balance)
  return view
}

function refillFailure(error: unknown): AppError {
  switch (refusalOf(error)) {
    case 'LG404':
      return accountNotFound()
    case 'LG422':
      return new AppError('ACTION_REFUSED', 'Only test accounts are refilled: grant credits', {
        key: 'not_a_test_account',
      })
    default:
      return unavailable()
  }
}
