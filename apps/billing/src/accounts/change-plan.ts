import { AppError } from '@upscale/types'
import type { ChangePlanRequest, CustomerId } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { refusalOf, unavailable } from '../ledger/ledger-failures.ts'
import { callChangePlan } from './customer-store.ts'

/** From now on the customer's two accounts have this plan; charges and balances stay as they are. */
export async function changePlan(
  { db, events }: BillingContext,
  customerId: CustomerId,
  request: ChangePlanRequest,
): Promise<void> {
  await callChangePlan(db, customerId, request.plan).catch((error: unknown) => {
    events.ledgerFailed('change_plan', error)
    throw refusalOf(error) === 'LG404' ? customerNotFound() : unavailable()
  })
  events.planChanged(customerId, request)
}

export const customerNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such customer: open it first', {
    key: 'customer_not_found',
  })
