import type { ChargeAnswer, ChargeKey } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { chargeAnswerOf } from './charge-answer.ts'
import { owedFailure } from './ledger-failures.ts'
import type { ChargeRow, ReverseCall } from './ledger-store.ts'
import { because } from './line-text.ts'

/** Gives a settled charge back, whole; in any other state nothing moves. Says what the charge is now. */
export async function reverseCharge(
  { ledger, events }: BillingContext,
  call: ReverseCall,
): Promise<ChargeRow> {
  const row = await ledger.reverse({ ...call, ...because(call) }).catch((error: unknown) => {
    events.ledgerFailed('reverse', error)
    throw owedFailure(error)
  })
  events.chargeAnswered('reverse', call, row)
  return row
}

/** For the reconciler: nothing was delivered for what the charge took. */
export async function reverse(
  ctx: BillingContext,
  input: ChargeKey & { reason: string },
): Promise<ChargeAnswer> {
  const row = await reverseCharge(ctx, { ...input, actor: 'reconciler' })
  ctx.events.repaired('reverse', row)
  return chargeAnswerOf(row)
}
