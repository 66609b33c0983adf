import { afterAll, afterEach, expect, test } from '@jest/globals'
import type { AccountId, TransactionList } from '@upscale/types'
import { balanceOf, debit, grant, linesOf, problemsIn } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'
import { ok, refusal, serve } from './test-http.ts'

const billing = await testBilling()
const { db } = billing
const http = await serve(billing)

afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await billing[Symbol.asyncDispose]()
})
afterEach(async () => {
  expect(await problemsIn(db)).toEqual([])
})

const refill = (account: string, day: unknown = '2026-02-14') =>
  http.post(`/accounts/${account}/refill`, { day })

const testAccount = async () => (await billing.account()).replace(':live', ':test') as AccountId

/** Spends 252 credits. */
async function spend(account: AccountId) {
  const task = newTaskId()
  await debit(db, { account, task, factor: '4' })
  expect(await linesOf(db, task)).toEqual(['debit -252'])
}

test('a new test account gets its credits as a grant that says why', async () => {
  const account = await testAccount()
  expect(await refill(account)).toEqual(ok({ balance: 100_000 }))
  const list = await http.get<TransactionList>(`/accounts/${account}/transactions`)
  expect(list.body.items).toEqual([
    expect.objectContaining({
      type: 'grant',
      amount: 100_000,
      balanceAfter: 100_000,
      taskId: null,
      relatedId: null,
      reason: 'daily test credits',
    }),
  ])
})

test('it is lifted once a day, and by what is missing', async () => {
  const account = await testAccount()
  await refill(account)
  await spend(account)
  expect(await refill(account)).toEqual(ok({ balance: 99_748 }))
  expect(await refill(account, '2026-02-15')).toEqual(ok({ balance: 100_000 }))
  expect(await refill(account, '2026-02-14')).toEqual(ok({ balance: 100_000 }))
})

test('asked many times at once, it is one grant', async () => {
  const account = await testAccount()
  const answers = await Promise.all(Array.from({ length: 8 }, () => refill(account)))
  expect(answers).toEqual(answers.map(() => ok({ balance: 100_000 })))
  const { body } = await http.get<TransactionList>(`/accounts/${account}/transactions`)
  expect(body.items).toHaveLength(1)
})

test('nothing is taken from an account that has more', async () => {
  const account = await testAccount()
  await grant(db, { account, amount: 250_000n })
  expect(await refill(account)).toEqual(ok({ balance: 250_000 }))
})

test('daily credits are not bought ones: they open no live account', async () => {
  const live = await billing.account(0n, 'free')
  await refill(live.replace(':live', ':test'))
  const { body } = await http.get<{ apiAccess: boolean }>(`/accounts/${live}`)
  expect(body.apiAccess).toBe(false)
})

test('a live account is refused, and its balance stays', async () => {
  const live = await billing.account(5n)
  expect(await refill(live)).toEqual(refusal(409, 'ACTION_REFUSED', { key: 'not_a_test_account' }))
  expect(await balanceOf(db, live)).toBe(5n)
})

test('an account that nobody opened, and a day that is none', async () => {
  expect(await refill('nobody:test')).toEqual(
    refusal(404, 'NOT_FOUND', { key: 'account_not_found' }),
  )
  const account = await testAccount()
  for (const day of ['2026-02-30', '14.2.2026', undefined, 7]) {
    const named = await http.post(`/accounts/${account}/refill`, { day })
    expect(named).toEqual(refusal(400, 'INVALID_PARAMETER', { param: 'day' }))
  }
  expect(await balanceOf(db, account)).toBe(0n)
})
