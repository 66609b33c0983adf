import type { ChargeRow, DebitCall, RefundCall } from './ledger-calls.ts'

interface ModelCharge extends ChargeRow {
  account: string
  order: string
}

/** What the ledger must answer, in plain words and one thread; errors are their codes. */
export class LedgerModel {
  readonly balances = new Map<string, bigint>()
  readonly lines = new Map<string, string[]>()
  readonly #charges = new Map<string, ModelCharge[]>()
  readonly #keys = new Map<string, string>()

  debit(call: Required<DebitCall>): ChargeRow | string {
    const { account, task, generation, factor, durationMs, maxCredits, orWaive } = call
    const seconds = Math.ceil(durationMs / 1000)
    const order = `${factor} for ${seconds} s`
    const charges = this.#of(task)
    if (generation === 1 && orWaive) return 'LG422'
    if (charges.some((c) => c.account !== account || (c.amount && c.order !== order)))
      return 'LG409'
    const known = charges[generation - 1]
    if (known) return this.#tell(known, true)
    if (generation > charges.length + 1) return 'LG409'

    const creditsPerSecond = factor === '4' ? 28 : 16
    const kept = charges
      .filter(({ state }) => state === 'refunded' || state === 'reversed')
      .reduce((sum, c) => sum + (c.amount ?? 0n) - (c.givenBack ?? 0n), 0n)
    const amount = BigInt(creditsPerSecond * seconds) - kept
    const blank = { replay: false, givenBack: null, balance: null }
    if (charges.length === 0 && maxCredits !== null && amount > maxCredits) {
      return { ...blank, state: 'too_expensive', amount, creditsPerSecond }
    }
    if (charges.some(({ state }) => ['debited', 'settled', 'waived'].includes(state))) {
      return { ...blank, state: 'already_charged', amount: null, creditsPerSecond: null }
    }
    const charge: ModelCharge = {
      ...blank,
      state: 'debited',
      amount,
      creditsPerSecond,
      account,
      order,
    }
    charges.push(charge)
    const balance = this.balances.get(account) ?? 0n
    if (balance >= amount) this.#move(charge, task, 'debit', -amount)
    else if (orWaive) Object.assign(charge, { state: 'waived', givenBack: 0n })
    else Object.assign(charge, { state: 'rejected', balance })
    if (charge.state === 'waived') this.#move(charge, task, 'waive', 0n)
    return this.#tell(charge, false)
  }

  refund({ account, task, generation, keepPercent }: Required<RefundCall>): ChargeRow | string {
    const charges = this.#of(task)
    if (charges.some((c) => c.account !== account)) return 'LG409'
    if (generation > charges.length + 1) return 'LG409'
    const charge = charges[generation - 1]
    if (!charge) {
      const none = { amount: null, givenBack: null, balance: null, creditsPerSecond: null }
      const tombstone: ModelCharge = { ...none, state: 'voided', replay: false, account, order: '' }
      charges.push(tombstone)
      return this.#tell(tombstone, false)
    }
    if (charge.state !== 'debited') return this.#tell(charge, true)
    const amount = charge.amount ?? 0n
    const back = amount - BigInt(Math.ceil((Number(amount) * (keepPercent ?? 0)) / 100))
    if (back === 0n) charge.state = 'settled'
    else this.#giveBack(charge, task, 'refunded', back)
    return this.#tell(charge, false)
  }

  settle(task: string, generation: number): ChargeRow | string {
    const charge = this.#of(task)[generation - 1]
    if (!charge) return 'LG404'
    const replay = charge.state !== 'debited'
    if (!replay) charge.state = 'settled'
    return this.#tell(charge, replay)
  }

  reverse(task: string, generation: number): ChargeRow | string {
    const charge = this.#of(task)[generation - 1]
    if (!charge) return 'LG404'
    const replay = charge.state !== 'settled'
    if (!replay) this.#giveBack(charge, task, 'reversed', charge.amount ?? 0n)
    return this.#tell(charge, replay)
  }

  post(kind: 'grant' | 'adjust', account: string, key: string, amount: bigint): boolean | string {
    const same = `${kind} ${account} ${amount}`
    const known = this.#keys.get(key)
    if (known !== undefined) return known === same ? true : 'LG409'
    const balance = (this.balances.get(account) ?? 0n) + amount
    if (balance < 0n) return 'LG402'
    this.#keys.set(key, same)
    this.balances.set(account, balance)
    return false
  }

  #giveBack(charge: ModelCharge, task: string, state: 'refunded' | 'reversed', back: bigint) {
    Object.assign(charge, { state, givenBack: back })
    this.#move(charge, task, 'refund', back)
  }

  #move(charge: ModelCharge, task: string, kind: string, delta: bigint) {
    charge.balance = (this.balances.get(charge.account) ?? 0n) + delta
    this.balances.set(charge.account, charge.balance)
    this.lines.set(task, [...(this.lines.get(task) ?? []), `${kind} ${delta}`])
  }

  #of(task: string): ModelCharge[] {
    const charges = this.#charges.get(task) ?? []
    this.#charges.set(task, charges)
    return charges
  }

  #tell(
    { state, amount, givenBack, balance, creditsPerSecond }: ModelCharge,
    replay: boolean,
  ): ChargeRow {
    return { state, replay, amount, givenBack, balance, creditsPerSecond }
  }
}
