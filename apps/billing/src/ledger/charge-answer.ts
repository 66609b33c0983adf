import { toCredits } from '@upscale/types'
import type { ChargeAnswer } from '@upscale/types'
import type { ChargeRow } from './ledger-store.ts'

export function chargeAnswerOf({ state, givenBack }: ChargeRow): ChargeAnswer {
  if (state === 'already_charged' || state === 'too_expensive') {
    throw new TypeError(`Only a debit is answered with ${state}`)
  }
  return { state, givenBack: toCredits(givenBack ?? 0n) }
}
