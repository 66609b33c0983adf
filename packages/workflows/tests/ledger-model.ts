import type {
  ChargeAnswer,
  ChargeKey,
  ChargeState,
  DebitAnswer,
  DebitInput,
  RefundInput,
} from '@upscale/types'
import { billedSeconds } from '@upscale/types'

interface Charge {
  state: ChargeState
  amount: number
  givenBack: number
}

const CREDITS_PER_SECOND = 16

/** Billing's rules in memory, for what the workflow must do with each answer. */
export function ledgerModel(granted: number) {
  const charges = new Map<string, Charge>()
  let balance = granted
  const keyOf = ({ taskId, generation }: ChargeKey) => `${taskId}/${generation}`
  const answerOf = ({ state, givenBack }: Charge): ChargeAnswer => ({ state, givenBack })

  function debit(input: DebitInput): DebitAnswer {
    const known = charges.get(keyOf(input))
    const amount = billedSeconds(input.durationMs) * CREDITS_PER_SECOND
    if (known) return debitAnswer(known)
    if (input.maxCredits !== undefined && amount > input.maxCredits) {
      return { state: 'too_expensive', price: amount, maxCredits: input.maxCredits }
    }
    const state = balance >= amount ? 'debited' : input.orWaive ? 'waived' : 'rejected'
    if (state === 'debited') balance -= amount
    const charge = { state, amount, givenBack: 0 } as const
    charges.set(keyOf(input), { ...charge })
    return debitAnswer(charge)
  }

  function debitAnswer({ state, amount }: Charge): DebitAnswer {
    switch (state) {
      case 'debited':
      case 'settled':
      case 'waived':
        return {
          state,
          creditsUsed: amount,
          creditsRemaining: balance,
          creditsPerSecond: CREDITS_PER_SECOND,
          debitId: 'txn_of_a_test',
        }
      case 'rejected':
        return { state, required: amount, available: balance }
      case 'refunded':
      case 'voided':
      case 'reversed':
        return { state }
    }
  }

  function refund(input: RefundInput): ChargeAnswer {
    const charge = charges.get(keyOf(input))
    if (!charge) {
      const voided: Charge = { state: 'voided', amount: 0, givenBack: 0 }
      charges.set(keyOf(input), voided)
      return answerOf(voided)
    }
    if (charge.state === 'debited') {
      charge.givenBack = charge.amount - Math.ceil((charge.amount * input.donePercent) / 100)
      charge.state = 'refunded'
      balance += charge.givenBack
    }
    return answerOf(charge)
  }

  function settle(key: ChargeKey): ChargeAnswer {
    const charge = charges.get(keyOf(key))
    if (!charge) throw new Error('LG404')
    if (charge.state === 'debited') charge.state = 'settled'
    return answerOf(charge)
  }

  return {
    debit,
    refund,
    settle,
    balance: () => balance,
    states: () => [...charges.values()].map(({ state }) => state),
  }
}
