import { describe, keptOf } from './charge-states.ts'
import type { ChargeFact } from './charge-states.ts'
import type { LifeRecord } from './task-books.ts'

type Facts = ReadonlyMap<number, ChargeFact>

/** What one task cost, beside what it should have cost after all that was heard of it. */
export function judgeLife(life: LifeRecord, facts: Facts): string[] {
  return [...judgeNet(life, facts), ...judgeAmounts(life, facts)].map(
    (violation) => `${life.task}: ${violation}`,
  )
}

/** Delivered: the price, once, or a line that says it was free. Else only what a cancel was to keep. */
function judgeNet({ price, deliveries, keeps }: LifeRecord, facts: Facts): string[] {
  const net = [...facts.values()].reduce((sum, fact) => sum + keptOf(fact), 0n)
  const states = deliveries.map(({ generation }) => facts.get(generation)?.state)
  if (states.some((state) => state !== 'settled' && state !== 'waived' && state !== 'reversed'))
    return [`delivered, and its charges are ${states.join(', ')}`]
  if (states.includes('settled')) return net === price ? [] : [`delivered for ${net} of ${price}`]
  const most = [...keeps.values()].some((percents) => Math.max(...percents) > 0) ? price : 0n
  return net >= 0n && net <= most ? [] : [`not delivered, yet ${net} of ${price} kept`]
}

/** Each generation costs what the ones before it have not kept, and gives back what was asked for. */
function judgeAmounts({ price, keeps, isRich }: LifeRecord, facts: Facts): string[] {
  const violations: string[] = []
  let kept = 0n
  for (const [generation, fact] of facts) {
    const { state, amount, givenBack, balance } = fact
    const say = (what: string) =>
      violations.push(`generation ${generation} ${what}: ${describe(fact)}`)
    if (amount !== null && amount !== price - kept) say(`should cost ${price - kept}`)
    if (state === 'debited') say('was left open')
    if (state === 'rejected' && (balance ?? 0n) >= (amount ?? 0n)) say('could have been paid')
    if (isRich && (state === 'rejected' || state === 'waived')) say('could have been paid')
    const backs = [...(keeps.get(generation) ?? [])].map((percent) => backOf(amount ?? 0n, percent))
    if (state === 'refunded' && !backs.includes(givenBack ?? 0n)) say('gave back another part')
    kept += keptOf(fact)
  }
  return violations
}

/** A part that is kept is rounded up to whole credits. */
const backOf = (amount: bigint, keepPercent: number): bigint =>
  amount - BigInt(Math.ceil((Number(amount) * keepPercent) / 100))
