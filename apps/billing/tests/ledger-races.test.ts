import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { BillingDb } from '../src/db/schema/index.ts'
import { balanceOf, debit, grant, linesOf, problemsIn, refund, settle } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const billing = await testBilling()
const { db } = billing

afterAll(async () => {
  await billing[Symbol.asyncDispose]()
})
afterEach(async () => {
  expect(await problemsIn(db)).toEqual([])
})

/**
 * The first call is done but not committed when the second arrives; the second has to wait for it.
 * Both answers, in this order.
 */
async function race<A, B>(
  first: (db: BillingDb) => Promise<A>,
  second: (db: BillingDb) => Promise<B>,
): Promise<[A, B]> {
  const early = await db.startTransaction().execute()
  const late = await db.startTransaction().execute()
  try {
    const pid = await pidOf(late)
    const a = await first(early)
    const b = second(late)
    await untilBlocked(pid)
    await early.commit().execute()
    const answers: [A, B] = [a, await b]
    await late.commit().execute()
    return answers
  } finally {
    for (const trx of [early, late]) if (!trx.isCommitted) await trx.rollback().execute()
  }
}

async function pidOf(db: BillingDb): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid ?? 0
}

async function untilBlocked(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await sql<{ blocked: boolean }>`
      select cardinality(pg_blocking_pids(${pid})) > 0 as blocked`.execute(billing.admin)
    if (rows[0]?.blocked) return
    await sleep(5)
  }
  throw new Error('the second call did not wait for the first')
}

describe('two at once', () => {
  test('debit and its twin: one movement, the same answer', async () => {
    const [account, task] = [await billing.account(200n), newTaskId()]
    const [a, b] = await race(
      (db) => debit(db, { account, task }),
      (db) => debit(db, { account, task }),
    )
    expect(a).toMatchObject({ state: 'debited', replay: false, balance: 56n })
    expect(b).toEqual({ ...a, replay: true })
    expect(await linesOf(db, task)).toEqual(['debit -144'])
  })

  test('rejected debit and its twin: both rejected with the same numbers', async () => {
    const [account, task] = [await billing.account(100n), newTaskId()]
    const [a, b] = await race(
      (db) => debit(db, { account, task }),
      (db) => debit(db, { account, task }),
    )
    expect(a).toMatchObject({ state: 'rejected', balance: 100n })
    expect(b).toEqual({ ...a, replay: true })
  })

  test('two generations of one task: one is charged', async () => {
    const [account, task] = [await billing.account(900n), newTaskId()]
    await debit(db, { account, task })
    await refund(db, { account, task })
    const [a, b] = await race(
      (db) => debit(db, { account, task, generation: 2 }),
      (db) => debit(db, { account, task, generation: 2, orWaive: true }),
    )
    expect([a.state, b.state, b.replay]).toEqual(['debited', 'debited', true])
    expect(await debit(db, { account, task, generation: 3 })).toMatchObject({
      state: 'already_charged',
    })
  })

  test('debit, then the refund that waits for it: refunded', async () => {
    const [account, task] = [await billing.account(200n), newTaskId()]
    const [a, b] = await race(
      (db) => debit(db, { account, task }),
      (db) => refund(db, { account, task }),
    )
    expect([a.state, b.state, b.replay]).toEqual(['debited', 'refunded', false])
    expect(await linesOf(db, task)).toEqual(['debit -144', 'refund 144'])
  })

  test('refund, then the debit that waits for it: voided', async () => {
    const [account, task] = [await billing.account(200n), newTaskId()]
    const [a, b] = await race(
      (db) => refund(db, { account, task }),
      (db) => debit(db, { account, task }),
    )
    expect([a.state, b.state, b.replay]).toEqual(['voided', 'voided', true])
    expect(await linesOf(db, task)).toEqual([])
  })

  test('cancel that keeps a part, then the rerun that waits for it: the price, once', async () => {
    const [account, task] = [await billing.account(900n), newTaskId()]
    await debit(db, { account, task })
    const [a, b] = await race(
      (db) => refund(db, { account, task, keepPercent: 50 }),
      (db) => debit(db, { account, task, generation: 2 }),
    )
    expect([a.state, a.givenBack]).toEqual(['refunded', 72n])
    expect(b).toMatchObject({ state: 'debited', replay: false, amount: 72n })
    expect(await balanceOf(db, account)).toBe(756n)
  })

  test('refund and its twin: one line', async () => {
    const [account, task] = [await billing.account(200n), newTaskId()]
    await debit(db, { account, task })
    const [a, b] = await race(
      (db) => refund(db, { account, task, keepPercent: 50 }),
      (db) => refund(db, { account, task }),
    )
    expect(a).toMatchObject({ state: 'refunded', givenBack: 72n, balance: 128n })
    expect(b).toEqual({ ...a, replay: true })
  })

  test('settle and refund: who comes first wins, both get the same answer', async () => {
    for (const settleFirst of [true, false]) {
      const [account, task] = [await billing.account(200n), newTaskId()]
      await debit(db, { account, task })
      const calls = [
        (db: BillingDb) => settle(db, task),
        (db: BillingDb) => refund(db, { account, task }),
      ] as const
      const [a, b] = settleFirst ? await race(...calls) : await race(calls[1], calls[0])
      expect(a.state).toBe(settleFirst ? 'settled' : 'refunded')
      expect(b).toEqual({ ...a, replay: true })
      expect(await balanceOf(db, account)).toBe(settleFirst ? 56n : 200n)
    }
  })

  test('grant and its twin: one line', async () => {
    const [account, key] = [await billing.account(), newTaskId()]
    const [a, b] = await race(
      (db) => grant(db, { account, key, amount: 70n }),
      (db) => grant(db, { account, key, amount: 70n }),
    )
    expect([a, b]).toEqual([
      { replay: false, balance: 70n },
      { replay: true, balance: 70n },
    ])
  })

  test('one key for two accounts: the second is refused', async () => {
    const [account, other, key] = [await billing.account(), await billing.account(), newTaskId()]
    const early = await db.startTransaction().execute()
    await grant(early, { account, key, amount: 70n })
    const late = grant(db, { account: other, key, amount: 70n })
    const refused = expect(late).rejects.toMatchObject({ code: '23505' })
    await sleep(50)
    await early.commit().execute()
    await refused
    await expect(grant(db, { account: other, key, amount: 70n })).rejects.toMatchObject({
      code: 'LG409',
    })
  })

  test('two tasks on credits for one: the second sees what the first has left', async () => {
    const account = await billing.account(200n)
    const [a, b] = await race(
      (db) => debit(db, { account, task: newTaskId() }),
      (db) => debit(db, { account, task: newTaskId() }),
    )
    expect([a.state, a.balance]).toEqual(['debited', 56n])
    expect([b.state, b.balance]).toEqual(['rejected', 56n])
  })
})
