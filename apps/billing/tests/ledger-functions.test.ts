import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { BillingDb } from '../src/db/schema/index.ts'
import { adjust, balanceOf, debit, grant, linesOf, problemsIn } from './ledger-calls.ts'
import { refill, refund, reverse, settle } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const billing = await testBilling()
const { db } = billing

afterAll(async () => {
  await billing[Symbol.asyncDispose]()
})
afterEach(async () => {
  expect(await problemsIn(db)).toEqual([])
})

const answer = (state: string, more: object = {}) => ({
  state,
  replay: false,
  amount: 144n,
  givenBack: null,
  balance: null,
  creditsPerSecond: 16,
  ...more,
})

describe('debit', () => {
  test('takes the price once; a repeat says what the charge is now', async () => {
    const [account, task] = [await billing.account(1000n), newTaskId()]
    expect(await debit(db, { account, task })).toEqual(answer('debited', { balance: 856n }))
    await grant(db, { account, amount: 5n })
    expect(await debit(db, { account, task })).toEqual(
      answer('debited', { replay: true, balance: 856n }),
    )
    expect(await linesOf(db, task)).toEqual(['debit -144'])
    expect(await balanceOf(db, account)).toBe(861n)
  })

  test('a rejection stays, with the old numbers, whatever arrives later', async () => {
    const [account, task] = [await billing.account(143n), newTaskId()]
    const rejected = answer('rejected', { balance: 143n })
    expect(await debit(db, { account, task })).toEqual(rejected)
    await grant(db, { account, amount: 1000n })
    expect(await debit(db, { account, task })).toEqual({ ...rejected, replay: true })
    expect(await linesOf(db, task)).toEqual([])
  })

  test('50 of 16 at once on 150 credits: 9 succeed', async () => {
    const account = await billing.account(150n)
    const call = () => debit(db, { account, task: newTaskId(), factor: '1', durationMs: 200 })
    const states = (await Promise.all(Array.from({ length: 50 }, call))).map(({ state }) => state)
    expect(states.filter((state) => state === 'debited')).toHaveLength(9)
    expect(states.filter((state) => state === 'rejected')).toHaveLength(41)
    expect(await balanceOf(db, account)).toBe(6n)
  })

  test('refuses other data, a skipped generation, an unknown account and a waived first charge', async () => {
    const [account, other, task] = [
      await billing.account(900n),
      await billing.account(900n),
      newTaskId(),
    ]
    await debit(db, { account, task })
    await expect(debit(db, { account: other, task })).rejects.toMatchObject({ code: 'LG409' })
    await expect(debit(db, { account, task, factor: '1' })).rejects.toMatchObject({ code: 'LG409' })
    await expect(debit(db, { account, task, durationMs: 9001 })).rejects.toMatchObject({
      code: 'LG409',
    })
    await expect(debit(db, { account, task, generation: 3 })).rejects.toMatchObject({
      code: 'LG409',
    })
    const nobody = debit(db, { account: 'nobody:live', task: newTaskId() })
    await expect(nobody).rejects.toMatchObject({ code: 'LG404' })
    const waived = debit(db, { account, task: newTaskId(), orWaive: true })
    await expect(waived).rejects.toMatchObject({ code: 'LG422' })
    expect(await debit(db, { account, task, durationMs: 8999 })).toMatchObject({ replay: true }) // same seconds
  })

  test('a second generation beside a live one is already charged', async () => {
    const [account, task] = [await billing.account(900n), newTaskId()]
    await debit(db, { account, task })
    const second = await debit(db, { account, task, generation: 2 })
    expect(second).toMatchObject({ state: 'already_charged', replay: false, amount: null })
    expect(await linesOf(db, task)).toEqual(['debit -144'])
  })
})

describe('price', () => {
  test.each([
    ['2', 8500, 144n],
    ['2', 4500, 80n],
    ['1', 200, 16n],
    ['4', 60_000, 1680n],
    ['2', 8000, 128n],
    ['2', 8001, 144n],
  ])('factor %s, %d ms', async (factor, durationMs, amount) => {
    const [account, task] = [await billing.account(2000n), newTaskId()]
    expect(await debit(db, { account, task, factor, durationMs })).toMatchObject({ amount })
  })

  test('over max_credits: says the price, writes nothing', async () => {
    const [account, task] = [await billing.account(1000n), newTaskId()]
    const dear = answer('too_expensive')
    expect(await debit(db, { account, task, maxCredits: 143 })).toEqual(dear)
    expect(await debit(db, { account, task, maxCredits: 143 })).toEqual(dear)
    expect(await debit(db, { account, task, maxCredits: 144 })).toMatchObject({ state: 'debited' })
  })

  test('max_credits is asked before the balance', async () => {
    const [account, task] = [await billing.account(10n), newTaskId()]
    expect(await debit(db, { account, task, maxCredits: 143 })).toMatchObject({
      state: 'too_expensive',
    })
  })

  test('a job that was admitted is never too expensive', async () => {
    const [account, task] = [await billing.account(1000n), newTaskId()]
    await debit(db, { account, task, maxCredits: 144 })
    expect(await debit(db, { account, task, maxCredits: 1 })).toMatchObject({ state: 'debited' })
    await refund(db, { account, task })
    const rerun = await debit(db, { account, task, generation: 2, maxCredits: 1 })
    expect(rerun).toMatchObject({ state: 'debited', amount: 144n })
  })

  test('a change of price: the first one for retry and rerun, today’s for others, a quote for an hour', async () => {
    await using prices = await testBilling() // prices change for all accounts
    const { db } = prices
    const changeRate = (id: number, credits: number, age: string) =>
      sql`insert into billing.rate values (${id}, '2', ${credits}, now() - ${age}::interval)`.execute(
        prices.admin,
      )
    const [account, task] = [await prices.account(5000n), newTaskId()]
    await debit(db, { account, task })
    await changeRate(4, 20, '30 min')

    expect(await debit(db, { account, task })).toMatchObject({ amount: 144n, creditsPerSecond: 16 })
    await refund(db, { account, task })
    expect(await debit(db, { account, task, generation: 2 })).toMatchObject({ amount: 144n })
    const today = { amount: 180n, creditsPerSecond: 20 }
    expect(await debit(db, { account, task: newTaskId() })).toMatchObject(today)
    const quoted = (minutes: number) =>
      debit(db, { account, task: newTaskId(), quotedAgo: minutes * 60_000 })
    expect(await quoted(0)).toMatchObject(today)
    expect(await quoted(29)).toMatchObject(today)
    expect(await quoted(31)).toMatchObject({ amount: 144n, creditsPerSecond: 16 })
    expect(await quoted(59)).toMatchObject({ amount: 144n, creditsPerSecond: 16 })

    await changeRate(5, 24, '-1 day') // not yet
    expect(await debit(db, { account, task: newTaskId() })).toMatchObject(today)
    const HOUR_MS = 3_600_000
    const wrong = [{ quotedAgo: HOUR_MS }, { quotedAgo: -1_000 }, { factor: '8' }]
    for (const call of wrong) {
      const refused = debit(db, { account, task: newTaskId(), ...call })
      await expect(refused).rejects.toMatchObject({ code: 'LG422' })
    }
  })

  test('a quote keeps its price through retry and rerun, however old it is by then', async () => {
    await using prices = await testBilling()
    const { db } = prices
    await sql`insert into billing.rate values (4, '2', 20, now() - interval '10 min')`.execute(
      prices.admin,
    )
    const [account, task] = [await prices.account(1000n), newTaskId()]
    const MINUTE_MS = 60_000
    const call = { account, task, quotedAgo: 11 * MINUTE_MS, maxCredits: 144 }
    expect(await debit(db, call)).toMatchObject({ state: 'debited', amount: 144n })
    const late = { ...call, quotedAgo: 90 * MINUTE_MS }
    expect(await debit(db, late)).toMatchObject({ replay: true, amount: 144n })
    await refund(db, { account, task })
    expect(await debit(db, { ...late, generation: 2 })).toMatchObject({ amount: 144n })
    expect(await problemsIn(prices.admin)).toEqual([])
  })
})

describe('rates and plans', () => {
  const addRate = async (db: BillingDb, credits: number, from: Date) => {
    const { rows } = await sql<{ known: boolean }>`
      select billing.add_rate('2', ${credits}, ${from}) as known`.execute(db)
    return rows[0]?.known
  }

  test('a price that begins changes no charge that stands, and no rerun of it', async () => {
    await using prices = await testBilling() // prices change for all accounts
    const { db } = prices
    const [account, standing, open] = [await prices.account(5000n), newTaskId(), newTaskId()]
    await debit(db, { account, task: standing })
    await settle(db, standing)
    await debit(db, { account, task: open })
    const begins = new Date(Date.now() + 1_500)
    expect(await addRate(db, 20, begins)).toBe(false)
    expect(await debit(db, { account, task: newTaskId() })).toMatchObject({ amount: 144n })
    await sleep(begins.getTime() - Date.now() + 50)

    expect(await debit(db, { account, task: newTaskId() })).toMatchObject({ amount: 180n })
    expect(await debit(db, { account, task: standing })).toMatchObject({ amount: 144n })
    expect(await debit(db, { account, task: open })).toMatchObject({ amount: 144n })
    await refund(db, { account, task: open })
    expect(await debit(db, { account, task: open, generation: 2 })).toMatchObject({
      amount: 144n,
      creditsPerSecond: 16,
    })
    expect(await addRate(db, 20, begins)).toBe(true) // a repeat, even when it has begun
  })

  test('a rate begins in the future and never changes; two at once are one', async () => {
    await using prices = await testBilling()
    const from = new Date(Date.now() + 3_600_000)
    const both = [addRate(prices.db, 20, from), addRate(prices.db, 20, from)]
    expect(new Set(await Promise.all(both))).toEqual(new Set([false, true]))
    await expect(addRate(prices.db, 21, from)).rejects.toMatchObject({
      code: 'LG409',
      detail: '20',
    })
    const past = addRate(prices.db, 20, new Date(Date.now() - 1))
    await expect(past).rejects.toMatchObject({ code: 'LG422' })
    const now = sql`select billing.add_rate('2', 20, now())`.execute(prices.db)
    await expect(now).rejects.toMatchObject({ code: 'LG422' })
    const { rows } = await sql`select id from billing.rate order by id`.execute(prices.db)
    expect(rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }])
  })

  test('an unknown plan or customer is refused', async () => {
    const [customer] = (await billing.account()).split(':')
    const change = (id: string | undefined, plan: string) =>
      sql`select billing.change_plan(${id}, ${plan})`.execute(db)
    await expect(change(customer, 'gold')).rejects.toMatchObject({ code: 'LG422' })
    await expect(change('nobody', 'free')).rejects.toMatchObject({ code: 'LG404' })
  })
})

describe('refund', () => {
  test('before its debit: a tombstone that the late debit finds', async () => {
    const [account, task] = [await billing.account(1000n), newTaskId()]
    const voided = answer('voided', { amount: null, creditsPerSecond: null })
    expect(await refund(db, { account, task })).toEqual(voided)
    expect(await debit(db, { account, task })).toEqual({ ...voided, replay: true })
    expect(await refund(db, { account, task })).toEqual({ ...voided, replay: true })
    expect(await balanceOf(db, account)).toBe(1000n)
  })

  test('gives all back once; another percentage later is ignored', async () => {
    const [account, task] = [await billing.account(1000n), newTaskId()]
    await debit(db, { account, task })
    const refunded = answer('refunded', { givenBack: 144n, balance: 1000n })
    expect(await refund(db, { account, task })).toEqual(refunded)
    expect(await refund(db, { account, task, keepPercent: 50 })).toEqual({
      ...refunded,
      replay: true,
    })
    expect(await settle(db, task)).toEqual({ ...refunded, replay: true })
    expect(await linesOf(db, task)).toEqual(['debit -144', 'refund 144'])
  })

  test.each([
    [1, 'refunded', 142n], // ceil(1.44) is kept
    [33, 'refunded', 96n],
    [99, 'refunded', 1n],
    [100, 'settled', null],
  ])('keeps %d percent, rounded up', async (keepPercent, state, givenBack) => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    const refunded = await refund(db, { account, task, keepPercent })
    expect(refunded).toMatchObject({ state, givenBack, balance: givenBack ?? 0n })
  })

  test('moves nothing of a settled or rejected charge', async () => {
    const account = await billing.account(200n)
    const [delivered, rejected] = [newTaskId(), newTaskId()]
    await debit(db, { account, task: delivered })
    await settle(db, delivered)
    await debit(db, { account, task: rejected })
    expect(await refund(db, { account, task: delivered })).toMatchObject({
      state: 'settled',
      replay: true,
    })
    expect(await refund(db, { account, task: rejected })).toMatchObject({
      state: 'rejected',
      replay: true,
    })
    expect(await balanceOf(db, account)).toBe(56n)
  })

  test('refuses another account, a skipped generation, an unknown account, a wrong percentage', async () => {
    const [account, other, task] = [
      await billing.account(900n),
      await billing.account(0n),
      newTaskId(),
    ]
    await debit(db, { account, task })
    await expect(refund(db, { account: other, task })).rejects.toMatchObject({ code: 'LG409' })
    await expect(refund(db, { account, task, generation: 3 })).rejects.toMatchObject({
      code: 'LG409',
    })
    const nobody = refund(db, { account: 'nobody:live', task: newTaskId() })
    await expect(nobody).rejects.toMatchObject({ code: 'LG404' })
    for (const keepPercent of [-1, 101, null]) {
      const refused = refund(db, { account, task, keepPercent })
      await expect(refused).rejects.toMatchObject({ code: 'LG422' })
    }
  })
})

describe('settle and reverse', () => {
  test('a delivered job is settled for good; its reset moves nothing', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    const settled = answer('settled', { balance: 0n })
    expect(await settle(db, task)).toEqual(settled)
    for (const repeat of [
      debit(db, { account, task }),
      settle(db, task),
      refund(db, { account, task }),
    ]) {
      expect(await repeat).toEqual({ ...settled, replay: true })
    }
    expect(await linesOf(db, task)).toEqual(['debit -144'])
  })

  test('reverse gives a settled charge back, and only that', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    expect(await reverse(db, task)).toMatchObject({ state: 'debited', replay: true })
    await settle(db, task)
    const reversed = answer('reversed', { givenBack: 144n, balance: 144n })
    expect(await reverse(db, task)).toEqual(reversed)
    expect(await reverse(db, task)).toEqual({ ...reversed, replay: true })
    expect(await settle(db, task)).toEqual({ ...reversed, replay: true })
  })

  test('nothing is known of a charge that never was', async () => {
    await expect(settle(db, newTaskId())).rejects.toMatchObject({ code: 'LG404' })
    await expect(reverse(db, newTaskId())).rejects.toMatchObject({ code: 'LG404' })
  })
})

describe('reruns', () => {
  test('after a refund the next generation is charged: one net charge', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    await refund(db, { account, task })
    expect(await debit(db, { account, task, generation: 2 })).toMatchObject({
      state: 'debited',
      balance: 0n,
    })
    expect(await refund(db, { account, task })).toMatchObject({ state: 'refunded', replay: true }) // of an older run
    await settle(db, task, 2)
    expect(await linesOf(db, task)).toEqual(['debit -144', 'refund 144', 'debit -144'])
  })

  test('after a cancel that kept a part it costs what was given back', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    await refund(db, { account, task, keepPercent: 25 })
    const second = await debit(db, { account, task, generation: 2 })
    expect(second).toMatchObject({ state: 'debited', amount: 108n, balance: 0n })
  })

  test('delivered, but the account is empty: a visible line of 0', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    await refund(db, { account, task })
    await adjust(db, { account, amount: -100n })
    const waived = answer('waived', { givenBack: 0n, balance: 44n })
    expect(await debit(db, { account, task, generation: 2, orWaive: true })).toEqual(waived)
    expect(await settle(db, task, 2)).toEqual({ ...waived, replay: true })
    expect(await debit(db, { account, task, generation: 3 })).toMatchObject({
      state: 'already_charged',
    })
    expect(await linesOf(db, task)).toEqual(['debit -144', 'refund 144', 'waive 0'])
  })
})

describe('grants and adjustments', () => {
  test('a key grants once, and only what it granted first', async () => {
    const [account, other, key] = [await billing.account(), await billing.account(), newTaskId()]
    expect(await grant(db, { account, key, amount: 500n })).toEqual({
      replay: false,
      balance: 500n,
    })
    await grant(db, { account, amount: 1n })
    expect(await grant(db, { account, key, amount: 500n })).toEqual({ replay: true, balance: 500n })
    for (const call of [
      grant(db, { account, key, amount: 501n }),
      grant(db, { account, key, amount: 500n, purpose: 'subscription' }),
      grant(db, { account: other, key, amount: 500n }),
      adjust(db, { account, key, amount: 500n }),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'LG409' })
    }
    const nobody = grant(db, { account: 'nobody:live', amount: 1n })
    await expect(nobody).rejects.toMatchObject({ code: 'LG404' })
  })

  test('a grant says what it was for', async () => {
    const account = await billing.account()
    for (const purpose of ['subscription', 'pack', 'goodwill'])
      await grant(db, { account, amount: 1n, purpose })
    const { rows } = await sql<{ purpose: string }>`select purpose from billing.entry
      where account_id = ${account} order by seq`.execute(db)
    expect(rows.map(({ purpose }) => purpose)).toEqual(['subscription', 'pack', 'goodwill'])
    for (const purpose of [null, 'gift'])
      await expect(grant(db, { account, amount: 1n, purpose })).rejects.toMatchObject({
        code: '23514',
        constraint: 'entry_purpose',
      })
  })

  test('a balance that a JSON number cannot hold is refused, and says what it was', async () => {
    const account = await billing.account(9007199254740990n)
    await expect(grant(db, { account, amount: 2n })).rejects.toMatchObject({
      code: 'LG422',
      detail: '9007199254740990',
    })
    expect(await grant(db, { account, amount: 1n })).toMatchObject({ balance: 9007199254740991n })
  })

  test('an adjustment has either sign, but never takes more than there is', async () => {
    const account = await billing.account(10n)
    expect(await adjust(db, { account, amount: -10n, task: newTaskId() })).toMatchObject({
      balance: 0n,
    })
    await expect(adjust(db, { account, amount: -1n })).rejects.toMatchObject({ code: 'LG402' })
    expect(await adjust(db, { account, amount: 3n })).toMatchObject({ balance: 3n })
  })

  test('a test account is filled up once per key; a live one never', async () => {
    const live = await billing.account()
    const account = live.replace(':live', ':test')
    await grant(db, { account, amount: 40_000n })
    expect(await refill(db, account, `${account}/2026-11-24`)).toBe(100_000n)
    await debit(db, { account, task: newTaskId() })
    expect(await refill(db, account, `${account}/2026-11-24`)).toBe(99_856n)
    expect(await refill(db, account, `${account}/2026-11-25`)).toBe(100_000n)
    await expect(refill(db, live, 'key')).rejects.toMatchObject({ code: 'LG422' })
  })
})
