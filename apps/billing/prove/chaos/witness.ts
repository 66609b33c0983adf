import type { ChargeRow } from '../../tests/ledger-calls.ts'
import type { GrantRow } from '../../src/ledger/ledger-store.ts'
import { describe, isFact, mayFollow } from './charge-states.ts'
import type { ChargeFact } from './charge-states.ts'

export interface Posting {
  account: string
  amount: bigint
}

export const chargeKeyOf = (task: string, generation: number): string => `${task}/${generation}`

/** Remembers each answer that was heard, and holds the ledger to it. */
export class Witness {
  /** The newest fact heard of each charge. */
  readonly facts = new Map<string, ChargeFact>()
  /** Grants and adjustments that were heard of, by key. */
  readonly postings = new Map<string, Posting>()
  readonly violations: string[] = []
  readonly #firsts = new Set<string>()

  report(violation: string): void {
    this.violations.push(violation)
  }

  /** Asks about a charge; the answer must follow from all that was heard before the question. */
  async hear(call: string, charge: string, ask: () => Promise<ChargeRow>): Promise<ChargeRow> {
    const before = this.facts.get(charge)
    const answer = await ask()
    if (!isFact(answer)) {
      if (before) this.report(`${charge}: ${describe(before)}, then ${call} says ${answer.state}`)
      return answer
    }
    if (before && !mayFollow(before, answer))
      this.report(`${charge}: ${describe(before)}, then ${call} says ${describe(answer)}`)
    if (before && call === 'debit' && !answer.replay)
      this.report(`${charge}: ${describe(before)}, then debited anew`)
    if (!answer.replay) this.#once(`${call} of ${charge}`)
    this.#keep(charge, answer)
    return answer
  }

  async hearPosting(key: string, posting: Posting, ask: () => Promise<GrantRow>): Promise<void> {
    const { replay } = await ask()
    if (!replay) this.#once(`posting ${key}`)
    this.postings.set(key, posting)
  }

  // Answers to calls at the same time may be heard in either order.
  #keep(charge: string, answer: ChargeFact): void {
    const newest = this.facts.get(charge)
    if (!newest || mayFollow(newest, answer)) this.facts.set(charge, answer)
    else if (!mayFollow(answer, newest))
      this.report(`${charge}: heard both ${describe(newest)} and ${describe(answer)}`)
  }

  #once(what: string): void {
    if (this.#firsts.has(what)) this.report(`${what} was done twice`)
    this.#firsts.add(what)
  }
}
