import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from '@jest/globals'
import { createHealth } from '@upscale/runtime'
import type { AccountId, AccountView, TransactionList } from '@upscale/types'
import { createApp } from '../src/app.ts'
import { adjust, debit, refund, settle } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const billing = await testBilling()
const { db } = billing
const health = createHealth({ database: () => Promise.resolve() }, billing.metrics)
const server = createApp(billing, health, 'test-secret').listen(0)
await once(server, 'listening')
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await billing[Symbol.asyncDispose]()
})

const AUTH = { authorization: 'Bearer test-secret' }

interface Answer<Body> {
  status: number
  body: Body
}

async function get<Body>(
  path: string,
  headers: Record<string, string> = AUTH,
): Promise<Answer<Body>> {
  const response = await fetch(base + path, { headers })
  return { status: response.status, body: (await response.json()) as Body }
}

async function post(path: string, body: unknown) {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { ...AUTH, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
}

const refusal = (status: number, code: string, more: object = {}) => ({
  status,
  body: expect.objectContaining({ code, key: code.toLowerCase(), param: null, ...more }) as unknown,
})

describe('secret', () => {
  test.each([
    ['none', {}],
    ['another', { authorization: 'Bearer test-secreT' }],
    ['a longer one', { authorization: 'Bearer test-secret1' }],
    ['another scheme', { authorization: 'Basic test-secret' }],
  ])('%s is refused', async (_what, headers: Record<string, string>) => {
    expect(await get('/rates', headers)).toEqual(refusal(401, 'INVALID_API_KEY'))
  })

  test('health and metrics need none', async () => {
    const texts = ['/livez', '/readyz', '/metrics'].map(async (path) => {
      const response = await fetch(base + path)
      return `${response.status} ${await response.text()}`
    })
    const [live, ready, metrics] = await Promise.all(texts)
    expect([live, ready]).toEqual(['200 {"live":"ok"}', '200 {"database":"ok"}'])
    expect(metrics).toContain('upscale_billing_constraint_stops_total 0')
  })
})

describe('accounts', () => {
  test('an account shows its plan and balance', async () => {
    const accountId = await billing.account(500n, 'pro_yearly')
    expect(await get<AccountView>(`/accounts/${accountId}`)).toEqual({
      status: 200,
      body: { accountId, plan: 'pro_yearly', dailyTasks: 500, balance: 500, apiAccess: true },
    })
  })

  test('API access takes a subscription or a credit pack', async () => {
    const [bare, withPack] = [await billing.account(0n, 'free'), await billing.account(10n, 'free')]
    const accessOf = async (id: string) =>
      (await get<AccountView>(`/accounts/${id}`)).body.apiAccess
    expect([await accessOf(bare), await accessOf(withPack)]).toEqual([false, true])
    const enterprise = await billing.account(0n, 'enterprise')
    const { body } = await get<AccountView>(`/accounts/${enterprise}`)
    expect([body.apiAccess, body.dailyTasks]).toEqual([true, null])
  })

  test.each([
    '/accounts/nobody:live',
    '/accounts/odd%20name',
    '/accounts/nobody:live/transactions',
  ])('%s is not found', async (path) => {
    expect(await get(path)).toEqual(refusal(404, 'NOT_FOUND', { key: 'account_not_found' }))
  })

  test('a customer is opened with both accounts, and again without harm', async () => {
    const customerId = `c_${newTaskId()}`
    expect(await post('/customers', { customerId, plan: 'starter' })).toEqual({
      status: 204,
      body: null,
    })
    expect(await post('/customers', { customerId, plan: 'free' })).toEqual({
      status: 204,
      body: null,
    })
    for (const mode of ['live', 'test']) {
      const { body } = await get<AccountView>(`/accounts/${customerId}:${mode}`)
      expect(body).toMatchObject({ plan: 'starter', dailyTasks: 100, balance: 0 })
    }
  })

  test.each([
    [{ customerId: 'a b', plan: 'free' }, 'customerId'],
    [{ customerId: 'a', plan: 'gold' }, 'plan'],
    [{}, 'customerId'],
  ])('a customer that cannot be is refused (%#)', async (body, param) => {
    expect(await post('/customers', body)).toEqual(refusal(400, 'INVALID_PARAMETER', { param }))
  })
})

describe('grants', () => {
  const request = { key: '', credits: 500, reason: 'credit pack', actor: 'ops' }

  test('a key grants once', async () => {
    const [path, key] = [`/accounts/${await billing.account()}/grants`, newTaskId()]
    const granted = { replay: false, balance: 500 }
    expect(await post(path, { ...request, key })).toEqual({ status: 200, body: granted })
    const again = { status: 200, body: { ...granted, replay: true } }
    expect(await post(path, { ...request, key, reason: 'r'.repeat(900) })).toEqual(again)
    expect(await post(path, { ...request, key, credits: 501 })).toEqual(
      refusal(400, 'INVALID_PARAMETER', { key: 'grant_key_reused', param: 'key' }),
    )
  })

  test('texts are cut to what a line takes', async () => {
    const id = await billing.account()
    const long = { reason: 'r'.repeat(900), actor: 'a'.repeat(900) }
    await post(`/accounts/${id}/grants`, { ...request, key: newTaskId(), ...long })
    const { body } = await get<TransactionList>(`/accounts/${id}/transactions`)
    expect(body.items[0]?.reason).toBe('r'.repeat(200))
  })

  test('an unknown account and wrong numbers are refused', async () => {
    const key = newTaskId()
    expect(await post('/accounts/nobody:live/grants', { ...request, key })).toEqual(
      refusal(404, 'NOT_FOUND', { key: 'account_not_found' }),
    )
    const path = `/accounts/${await billing.account()}/grants`
    for (const credits of [0, -5, 1.5, 1e12, '500', null]) {
      expect(await post(path, { ...request, key, credits })).toEqual(
        refusal(400, 'INVALID_PARAMETER', { param: 'credits' }),
      )
    }
  })

  test('a body that is no JSON, or too large', async () => {
    const path = `/accounts/${await billing.account()}/grants`
    expect(await post(path, '{"key":')).toEqual(refusal(400, 'INVALID_JSON'))
    expect(await post(path, { key: 'k'.repeat(20_000) })).toEqual(refusal(413, 'BODY_TOO_LARGE'))
  })
})

test('rates and plans of today', async () => {
  expect(await get('/rates')).toEqual({
    status: 200,
    body: {
      creditsPerSecond: { '1': 16, '2': 16, '4': 28 },
      plans: [
        { id: 'enterprise', usdMicrosPerCredit: null },
        { id: 'free', usdMicrosPerCredit: null },
        { id: 'pro_monthly', usdMicrosPerCredit: 12000 },
        { id: 'pro_yearly', usdMicrosPerCredit: 6000 },
        { id: 'starter', usdMicrosPerCredit: null },
      ],
    },
  })
})

test('an unknown path is not found', async () => {
  expect(await get('/nothing')).toEqual(refusal(404, 'NOT_FOUND'))
})

describe('transactions', () => {
  const listOf = async (id: AccountId, query = '') =>
    (await get<TransactionList>(`/accounts/${id}/transactions${query}`)).body

  /** Grant 1000, a job that failed, one that was delivered, a goodwill adjustment. */
  async function history() {
    const account = await billing.account(1000n)
    const [failed, delivered] = [newTaskId(), newTaskId()]
    await debit(db, { account, task: failed })
    await refund(db, { account, task: failed })
    await debit(db, { account, task: delivered })
    await settle(db, delivered)
    await adjust(db, { account, amount: -6n, task: delivered })
    return { account, failed, delivered }
  }

  test('newest first, each with its balance; a refund names its debit', async () => {
    const { account, failed, delivered } = await history()
    const { items, nextCursor } = await listOf(account)
    expect(nextCursor).toBeNull()
    const rows = items.map((item) => [item.type, item.amount, item.balanceAfter, item.taskId])
    expect(rows).toEqual([
      ['adjustment', -6, 850, delivered],
      ['debit', -144, 856, delivered],
      ['refund', 144, 1000, failed],
      ['debit', -144, 856, failed],
      ['grant', 1000, 1000, null],
    ])
    expect(items.map(({ relatedId }) => relatedId)).toEqual([null, null, items[3]?.id, null, null])
    expect(items[1]).toEqual({
      id: expect.stringMatching(/^txn_[0-9a-f]{24}$/),
      type: 'debit',
      amount: -144,
      balanceAfter: 856,
      taskId: delivered,
      relatedId: null,
      reason: 'upscale 2x, 9 s',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    expect(new Set(items.map(({ id }) => id)).size).toBe(5)
    const { body } = await get<AccountView>(`/accounts/${account}`)
    expect(items.reduce((sum, { amount }) => sum + amount, 0)).toBe(body.balance)
  })

  test('filters by task and by type', async () => {
    const { account, failed } = await history()
    const typesOf = async (query: string) =>
      (await listOf(account, query)).items.map(({ type }) => type)
    expect(await typesOf(`?task_id=${failed}`)).toEqual(['refund', 'debit'])
    expect(await typesOf(`?task_id=${failed}&type=debit`)).toEqual(['debit'])
    expect(await typesOf('?type=adjustment')).toEqual(['adjustment'])
    expect(await typesOf('?type=grant')).toEqual(['grant'])
    expect(await typesOf(`?task_id=${newTaskId()}`)).toEqual([])
  })

  test('pages are stable while lines are added', async () => {
    const { account } = await history()
    const whole = (await listOf(account)).items
    const first = await listOf(account, '?limit=2')
    await adjust(db, { account, amount: 1n })
    const second = await listOf(account, `?limit=2&cursor=${first.nextCursor}`)
    const third = await listOf(account, `?limit=2&cursor=${second.nextCursor}`)
    expect([...first.items, ...second.items, ...third.items]).toEqual(whole)
    expect(third.nextCursor).toBeNull()
  })

  test('one account never shows the lines of another', async () => {
    const { delivered } = await history()
    const other = await billing.account(1n)
    expect((await listOf(other, `?task_id=${delivered}`)).items).toEqual([])
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['type=waive', 'type'],
    ['task_id=7', 'task_id'],
    ['cursor=abc', 'cursor'],
  ])('%s is refused', async (query, param) => {
    const path = `/accounts/${await billing.account()}/transactions?${query}`
    expect(await get(path)).toEqual(refusal(400, 'INVALID_PARAMETER', { param }))
  })
})
