import { describe, keptOf } from './charge-states.ts'
import type { ChargeFact } from './charge-states.ts'
import { judgeLife } from './judge-life.ts'
import type { Books, ChargeInBooks, EntryInBooks } from './read-books.ts'
import type { LifeRecord } from './task-books.ts'
import { chargeKeyOf } from './witness.ts'
import type { Witness } from './witness.ts'

/** What was heard, by life and by account, beside what stands in the books; every difference is a violation. */
export function judge(books: Books, lives: readonly LifeRecord[], witness: Witness): string[] {
  const entries = Map.groupBy(books.entries, ({ taskId, generation }) =>
    taskId === null || generation === null ? '' : chargeKeyOf(taskId, generation),
  )
  return [
    ...books.problems.map((problem) => `audit: ${textOf(problem)}`),
    ...judgeCharges(books.charges, witness),
    ...books.charges.flatMap((charge) => judgeEntries(charge, entries.get(keyOf(charge)) ?? [])),
    ...lives.flatMap((life) => judgeLife(life, factsOf(life, witness))),
    ...judgePostings(entries.get('') ?? [], witness),
    ...judgeBalances(books, lives, witness),
  ]
}

/** A charge is what was heard last, and nothing that was heard is gone. */
function judgeCharges(charges: readonly ChargeInBooks[], witness: Witness): string[] {
  const known = new Map(charges.map((charge) => [keyOf(charge), charge]))
  const gone = [...witness.facts].filter(([key]) => !known.has(key))
  return [
    ...gone.map(([key, fact]) => `${key}: heard ${describe(fact)}, gone from the books`),
    ...[...known].flatMap(([key, charge]) => {
      const fact = witness.facts.get(key)
      if (fact && textOf(moneyOf(fact)) === textOf(moneyOf(charge))) return []
      const heard = fact ? describe(fact) : 'nothing'
      return [`${key}: heard ${heard}, the books say ${textOf(moneyOf(charge))}`]
    }),
  ]
}

/** One line for the debit, one for what was given back or waived, none besides. */
function judgeEntries(charge: ChargeInBooks, entries: readonly EntryInBooks[]): string[] {
  const { state, amount, givenBack } = charge
  const isTaken = ['debited', 'settled', 'refunded', 'reversed'].includes(state)
  const due = [
    ...(isTaken ? [`debit ${-(amount ?? 0n)}`] : []),
    ...(state === 'refunded' || state === 'reversed' ? [`refund ${givenBack}`] : []),
    ...(state === 'waived' ? ['waive 0'] : []),
  ]
  const lines = entries.map(({ kind, delta }) => `${kind} ${delta}`).sort()
  if (lines.join() === due.join()) return []
  return [`${keyOf(charge)}: ${state} with lines ${lines.join(', ') || 'none'}`]
}

/** Each grant and adjustment that was heard of stands once, and no other does. */
function judgePostings(entries: readonly EntryInBooks[], witness: Witness): string[] {
  const heard = new Set(
    [...witness.postings].map(([key, { account, amount }]) => `${key} ${account} ${amount}`),
  )
  const written = entries.map(({ key, accountId, delta }) => `${key} ${accountId} ${delta}`)
  const known = new Set(written)
  return [
    ...[...heard].filter((posting) => !known.has(posting)).map((one) => `posting lost: ${one}`),
    ...written.filter((posting) => !heard.has(posting)).map((one) => `nobody heard of ${one}`),
    ...(written.length > known.size ? ['a posting stands twice'] : []),
  ]
}

/** Granted − paid = balance. */
function judgeBalances(books: Books, lives: readonly LifeRecord[], witness: Witness): string[] {
  const due = new Map([...books.balances.keys()].map((account) => [account, 0n]))
  const add = (account: string, credits: bigint) =>
    due.set(account, (due.get(account) ?? 0n) + credits)
  for (const { account, amount } of witness.postings.values()) add(account, amount)
  for (const life of lives)
    for (const fact of factsOf(life, witness).values()) add(life.account, -keptOf(fact))
  return [...books.balances]
    .filter(([account, balance]) => balance !== due.get(account))
    .map(
      ([account, balance]) => `${account}: balance ${balance}, granted − paid ${due.get(account)}`,
    )
}

/** What was heard of each generation of the task, the oldest first. */
function factsOf({ task, generations }: LifeRecord, witness: Witness): Map<number, ChargeFact> {
  const facts = new Map<number, ChargeFact>()
  for (const generation of [...generations].sort((a, b) => a - b)) {
    const fact = witness.facts.get(chargeKeyOf(task, generation))
    if (fact) facts.set(generation, fact)
  }
  return facts
}

const keyOf = ({ taskId, generation }: ChargeInBooks): string => chargeKeyOf(taskId, generation)

const moneyOf = ({ state, amount, givenBack, balance }: ChargeInBooks | ChargeFact) => ({
  state,
  amount,
  givenBack,
  balance,
})

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))
