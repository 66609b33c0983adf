import type { ChargeAnswer, ChargeKey } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { chargeAnswerOf } from './charge-answer.ts'
import { owedFailure } from './ledger-failures.ts'

/** The result is about to be released: the charge stands. Never takes money. */
export async function settle(
  { ledger, events }: BillingContext,
  key: ChargeKey,
): Promise<ChargeAnswer> {
  const row = await ledger.settle(key).catch((error: unknown) => {
    events.ledgerFailed('settle', error)
    throw owedFailure(error)
  })
  events.chargeAnswered('settle', key, row)
  return chargeAnswerOf(row)
}
