import type { BillingDb } from '../../src/db/schema/index.ts'
import { adjust, debit, grant, refund, reverse, settle } from '../../tests/ledger-calls.ts'
import type { ChargeRow } from '../../tests/ledger-calls.ts'
import { constraintStop, isConstraintStop } from '../constraint-stop.ts'
import type { LifePlan } from './life-plan.ts'
import { untilAnswered } from './until-answered.ts'
import type { Tally } from './until-answered.ts'
import { chargeKeyOf } from './witness.ts'
import type { Witness } from './witness.ts'

/** What a life has to show at the end. */
export interface LifeRecord {
  task: string
  account: string
  isRich: boolean
  price: bigint
  /** Results that were released, and under which charge. */
  deliveries: { generation: number; isWaived: boolean }[]
  /** All that a call has named. */
  generations: Set<number>
  /** By generation: what the refunds asked to keep, in percent, while it was not known to be closed. */
  keeps: Map<number, number[]>
}

export interface Desk {
  db: BillingDb
  witness: Witness
  tally: Tally
}

export type TaskBooks = ReturnType<typeof openTaskBooks>

const CREDITS_PER_SECOND = { '1': 16, '2': 16, '4': 28 }

/** The calls of one task, each repeated until it is answered, and remembered for those that come late. */
export function openTaskBooks(
  { db, witness, tally }: Desk,
  plan: LifePlan,
  { task, account }: { task: string; account: string },
) {
  const { factor, durationMs } = plan.order
  const record: LifeRecord = {
    task,
    account,
    isRich: plan.payer.rich,
    price: BigInt(Math.ceil(durationMs / 1000) * CREDITS_PER_SECOND[factor]),
    deliveries: [],
    generations: new Set(),
    keeps: new Map(),
  }
  const made: (() => Promise<ChargeRow>)[] = []
  let calls = 0

  const lost = () => plan.lost[(calls += 1) % plan.lost.length] ?? 0
  const ask = (call: string, generation: number, work: () => Promise<ChargeRow>) => {
    const key = chargeKeyOf(task, generation)
    return witness.hear(call, key, () => untilAnswered(work, lost(), tally))
  }
  const askAndNote = (call: string, generation: number, work: () => Promise<ChargeRow>) => {
    record.generations.add(generation)
    made.push(() => ask(call, generation, work))
    return ask(call, generation, work)
  }
  const noteKeep = (generation: number, keepPercent: number) => {
    const fact = witness.facts.get(chargeKeyOf(task, generation))
    if (fact && fact.state !== 'debited') return
    record.keeps.set(generation, [...(record.keeps.get(generation) ?? []), keepPercent])
  }
  const order = { account, task, factor, durationMs, maxCredits: plan.maxCredits }

  return {
    record,
    /** The oldest first. */
    generations: () => [...record.generations].sort((a, b) => a - b),

    debit: (generation: number, orWaive: boolean) =>
      askAndNote('debit', generation, () => debit(db, { ...order, generation, orWaive })),

    /** One attempt whose answer nobody hears. */
    async debitUnheard(generation: number): Promise<void> {
      record.generations.add(generation)
      tally.calls += 1
      await debit(db, { ...order, generation }).catch((error: unknown) => {
        if (isConstraintStop(error)) throw constraintStop(error)
      })
    },

    refund(generation: number, keepPercent: number) {
      noteKeep(generation, keepPercent)
      const call = { account, task, generation, keepPercent }
      return askAndNote('refund', generation, () => refund(db, call))
    },

    settle: (generation: number) =>
      askAndNote('settle', generation, () => settle(db, task, generation)),

    /** By an operator: never repeated late. */
    reverse: (generation: number) =>
      ask('reverse', generation, () => reverse(db, task, generation)),

    post({ kind, credits: amount }: NonNullable<LifePlan['posting']>) {
      const call = { account, key: `for ${task}`, amount }
      const work = () => (kind === 'grant' ? grant(db, call) : adjust(db, call))
      const posting = { account, amount }
      return witness.hearPosting(call.key, posting, () => untilAnswered(work, lost(), tally))
    },

    /** A call of this life arrives once more: it must find everything done. */
    async repeatLate(index: number): Promise<void> {
      const answer = await made[index % made.length]?.()
      if (answer && !answer.replay)
        witness.report(`${task}: a late call was ${answer.state}, though all was over`)
    },
  }
}
