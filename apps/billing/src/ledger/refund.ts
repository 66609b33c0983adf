import type { ChargeAnswer, RefundInput } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { chargeAnswerOf } from './charge-answer.ts'
import { keepPercentOf } from './keep-percent.ts'
import { owedFailure } from './ledger-failures.ts'
import { REASON_MAX, lineText } from './line-text.ts'

/** Gives back what an open charge took; one that was never taken can never be from now on. */
export async function refund(ctx: BillingContext, input: RefundInput): Promise<ChargeAnswer> {
  const { taskId, generation, accountId } = input
  const call = {
    taskId,
    generation,
    accountId,
    keepPercent: keepPercentOf(input),
    reason: lineText(input.code, REASON_MAX),
    actor: input.actor ?? 'workflow',
  }
  const row = await ctx.ledger.refund(call).catch((error: unknown) => {
    ctx.events.ledgerFailed('refund', error)
    throw owedFailure(error)
  })
  ctx.events.chargeAnswered('refund', input, row)
  if (input.actor === 'reconciler') ctx.events.repaired('refund', row)
  return chargeAnswerOf(row)
}
