import type { ChargeRow, DebitCall, PostCall, RefundCall } from '../../tests/ledger-calls.ts'

interface ModelCharge extends ChargeRow {
  account: string
  order: string
}

const HOUR_MS = 3_600_000
export const REFILL_TARGET = 100_000n

/** What the ledger must answer, in plain words and one thread; errors are their codes. */
export class LedgerModel {
  readonly balances: Map<string, bigint>
  readonly lines = new Map<string, string[]>()
  readonly #charges = new Map<string, ModelCharge[]>()
  readonly #keys = new Map<string, { same: string; balance: bigint }>()

  /** Accounts that are open, with what they have at first. */
  constructor(balances: ReadonlyMap<string, bigint>) {
    this.balances = new Map(balances)
  }

  debit(call: Required<DebitCall>): ChargeRow | string {
    const { account, task, generation, factor, durationMs, quotedAgo, maxCredits, orWaive } = call
    const seconds = Math.ceil(durationMs / 1000)
    const order = `${factor} for ${seconds} s`
    const charges = this.#of(task)
    const priced = charges.filter((charge) => charge.amount !== null)
    if (generation === 1 && orWaive) return 'LG422'
    if (charges.some((charge) => charge.account !== account)) return 'LG409'
    if (priced.some((charge) => charge.order !== order)) return 'LG409'
    const known = charges[generation - 1]
    if (known) return tell(known, true)
    if (generation > charges.length + 1) return 'LG409'
    if (priced.length === 0 && !isPriceHeld(quotedAgo)) return 'LG422'

    const creditsPerSecond = factor === '4' ? 28 : 16
    const kept = charges
      .filter(({ state }) => state === 'refunded' || state === 'reversed')
      .reduce((sum, c) => sum + (c.amount ?? 0n) - (c.givenBack ?? 0n), 0n)
    const amount = BigInt(creditsPerSecond * seconds) - kept
    const blank = { replay: false, givenBack: null, balance: null }
    if (priced.length === 0 && maxCredits !== null && amount > maxCredits) {
      return { ...blank, state: 'too_expensive', amount, creditsPerSecond }
    }
    if (charges.some(({ state }) => ['debited', 'settled', 'waived'].includes(state))) {
      return { ...blank, state: 'already_charged', amount: null, creditsPerSecond: null }
    }
    const balance = this.balances.get(account)
    if (balance === undefined) return 'LG404'
    const price = { amount, creditsPerSecond, account, order }
    const charge: ModelCharge = { ...blank, state: 'debited', ...price }
    charges.push(charge)
    if (balance >= amount) this.#move(charge, task, 'debit', -amount)
    else if (orWaive) Object.assign(charge, { state: 'waived', givenBack: 0n })
    else Object.assign(charge, { state: 'rejected', balance })
    if (charge.state === 'waived') this.#move(charge, task, 'waive', 0n)
    return tell(charge, false)
  }

  refund({ account, task, generation, keepPercent }: Required<RefundCall>): ChargeRow | string {
    const charges = this.#of(task)
    if (keepPercent === null || keepPercent < 0 || keepPercent > 100) return 'LG422'
    if (charges.some((charge) => charge.account !== account)) return 'LG409'
    if (generation > charges.length + 1) return 'LG409'
    const charge = charges[generation - 1]
    if (!charge) {
      if (!this.balances.has(account)) return 'LG404'
      const none = { amount: null, givenBack: null, balance: null, creditsPerSecond: null }
      const tombstone: ModelCharge = { ...none, state: 'voided', replay: false, account, order: '' }
      charges.push(tombstone)
      return tell(tombstone, false)
    }
    if (charge.state !== 'debited') return tell(charge, true)
    const amount = charge.amount ?? 0n
    const back = amount - BigInt(Math.ceil((Number(amount) * keepPercent) / 100))
    if (back === 0n) charge.state = 'settled'
    else this.#giveBack(charge, task, 'refunded', back)
    return tell(charge, false)
  }

  settle(task: string, generation: number): ChargeRow | string {
    const charge = this.#of(task)[generation - 1]
    if (!charge) return 'LG404'
    const replay = charge.state !== 'debited'
    if (!replay) charge.state = 'settled'
    return tell(charge, replay)
  }

  reverse(task: string, generation: number): ChargeRow | string {
    const charge = this.#of(task)[generation - 1]
    if (!charge) return 'LG404'
    const replay = charge.state !== 'settled'
    if (!replay) this.#giveBack(charge, task, 'reversed', charge.amount ?? 0n)
    return tell(charge, replay)
  }

  /** A grant, or an adjustment of either sign, which may name a task. */
  post(kind: 'grant' | 'adjust', call: Required<PostCall> & { task: string | null }) {
    const { account, key, amount, task } = call
    const before = this.balances.get(account)
    if (before === undefined) return 'LG404'
    const same = `${kind} ${account} ${amount} ${task}`
    const known = this.#keys.get(key)
    if (known) return known.same === same ? { replay: true, balance: known.balance } : 'LG409'
    const balance = before + amount
    if (balance < 0n) return 'LG402'
    this.#keys.set(key, { same, balance })
    this.balances.set(account, balance)
    if (task !== null) this.#note(task, `adjust ${amount}`)
    return { replay: false, balance }
  }

  refill(account: string, key: string): bigint | string {
    const balance = this.balances.get(account)
    if (!account.endsWith(':test')) return 'LG422'
    if (balance === undefined) return 'LG404'
    if (balance >= REFILL_TARGET || this.#keys.has(key)) return balance
    this.post('grant', { account, key, amount: REFILL_TARGET - balance, task: null })
    return REFILL_TARGET
  }

  #giveBack(charge: ModelCharge, task: string, state: 'refunded' | 'reversed', back: bigint) {
    Object.assign(charge, { state, givenBack: back })
    this.#move(charge, task, 'refund', back)
  }

  #move(charge: ModelCharge, task: string, kind: string, delta: bigint) {
    charge.balance = (this.balances.get(charge.account) ?? 0n) + delta
    this.balances.set(charge.account, charge.balance)
    this.#note(task, `${kind} ${delta}`)
  }

  #note(task: string, line: string) {
    this.lines.set(task, [...(this.lines.get(task) ?? []), line])
  }

  #of(task: string): ModelCharge[] {
    const charges = this.#charges.get(task) ?? []
    this.#charges.set(task, charges)
    return charges
  }
}

const isPriceHeld = (quotedAgo: number | null): boolean =>
  quotedAgo === null || (quotedAgo >= 0 && quotedAgo < HOUR_MS)

const tell = (
  { state, amount, givenBack, balance, creditsPerSecond }: ModelCharge,
  replay: boolean,
): ChargeRow => ({ state, replay, amount, givenBack, balance, creditsPerSecond })
