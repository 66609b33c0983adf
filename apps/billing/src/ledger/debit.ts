import { toCredits, unreachable } from '@upscale/types'
import type { DebitAnswer, DebitInput, Price } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { debitFailure } from './ledger-failures.ts'
import type { ChargeRow } from './ledger-store.ts'

/** Prices the upscale and takes the credits, once per task and generation. */
export async function debit(
  { ledger, debits, events }: BillingContext,
  input: DebitInput,
): Promise<DebitAnswer> {
  const call = () => ledger.debit(input)
  const row = await debits.run(input.accountId, call).catch((error: unknown) => {
    events.ledgerFailed('debit', error)
    throw debitFailure(error, input)
  })
  events.chargeAnswered('debit', input, row)
  return debitAnswerOf(row, input)
}

function debitAnswerOf(row: ChargeRow, { maxCredits = 0 }: DebitInput): DebitAnswer {
  const { state } = row
  switch (state) {
    case 'debited':
    case 'settled':
      return { state, ...priceOf(row, credits(row.amount)) }
    case 'waived':
      return { state, ...priceOf(row, 0) }
    case 'rejected':
      return { state, required: credits(row.amount), available: credits(row.balance) }
    case 'too_expensive':
      return { state, price: credits(row.amount), maxCredits }
    case 'refunded':
    case 'voided':
    case 'reversed':
    case 'already_charged':
      return { state }
    default:
      return unreachable(state)
  }
}

const priceOf = (row: ChargeRow, creditsUsed: number): Price => ({
  creditsUsed,
  creditsRemaining: credits(row.balance),
  creditsPerSecond: row.creditsPerSecond ?? 0,
  debitId: row.debitId,
})

const credits = (value: bigint | null): number => toCredits(value ?? 0n)
