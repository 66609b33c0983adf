import { afterAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { AccountId, AccountList, AccountView, TransactionList } from '@upscale/types'
import { adjust, balanceOf, debit, grant, refund, settle } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'
import { ok, refusal, serve } from './test-http.ts'
import type { Answer } from './test-http.ts'

const billing = await testBilling()
const { db } = billing
const http = await serve(billing)
const { base, get, post } = http

afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await billing[Symbol.asyncDispose]()
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
      body: {
        accountId,
        plan: 'pro_yearly',
        dailyTasks: 500,
        usdMicrosPerCredit: 6000,
        balance: 500,
        apiAccess: true,
      },
    })
  })

  test('API access takes a plan, or a grant that was bought', async () => {
    const accessOf = async (id: string) =>
      (await get<AccountView>(`/accounts/${id}`)).body.apiAccess
    const free = async (purpose?: string) => {
      const account = await billing.account(0n, 'free')
      if (purpose) await grant(db, { account, amount: 10n, purpose })
      return accessOf(account)
    }
    expect(await Promise.all([free(), free('goodwill')])).toEqual([false, false])
    expect(await Promise.all([free('pack'), free('subscription')])).toEqual([true, true])
    expect(await accessOf(await billing.account(0n, 'starter'))).toBe(true)
  })

  test('a credit pack alone may be used 100 times a day', async () => {
    const account = await billing.account(0n, 'free')
    const read = async () => (await get<AccountView>(`/accounts/${account}`)).body
    expect(await read()).toMatchObject({ plan: 'free', dailyTasks: 0, apiAccess: false })
    await grant(db, { account, amount: 10n, purpose: 'pack' })
    expect(await read()).toMatchObject({ plan: 'free', dailyTasks: 100, apiAccess: true })
  })

  test('a grant from before there were purposes was a purchase', async () => {
    const account = await billing.account(0n, 'free')
    await oldGrant(account, newTaskId(), 10n)
    const { body } = await get<AccountView>(`/accounts/${account}`)
    expect([body.apiAccess, body.balance]).toEqual([true, 10])
  })

  test('an unlimited plan that is not sold by the credit', async () => {
    const { body } = await get<AccountView>(`/accounts/${await billing.account(0n, 'enterprise')}`)
    expect(body).toMatchObject({ dailyTasks: null, usdMicrosPerCredit: null, apiAccess: true })
  })

  test('all accounts, by name, page by page', async () => {
    await using many = await testBilling()
    await using server = await serve(many)
    const ids = await Promise.all([many.account(7n), many.account(0n, 'free'), many.account()])
    const all = ids.flatMap((id) => [id, id.replace(':live', ':test')]).sort()
    const listed: AccountList['items'] = []
    let pages = 0
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const query: string = cursor && `&cursor=${cursor}`
      const { body }: Answer<AccountList> = await server.get(`/accounts?limit=4${query}`)
      listed.push(...body.items)
      cursor = body.nextCursor
    }
    expect([pages, listed.map(({ accountId }) => accountId)]).toEqual([2, all])
    expect(listed.find(({ accountId }) => accountId === ids[0])).toEqual({
      accountId: ids[0],
      plan: 'pro_monthly',
      balance: 7,
    })
    expect(listed.find(({ accountId }) => accountId === ids[1])?.plan).toBe('free')
    const wrong = await server.get('/accounts?cursor=abc')
    expect(wrong).toEqual(refusal(400, 'INVALID_PARAMETER', { param: 'cursor' }))
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

/** As the code of earlier releases wrote it, before that constraint stood. */
const oldGrant = (account: string, key: string, amount: bigint) =>
  billing.admin.transaction().execute(async (trx) => {
    await sql`alter table billing.entry drop constraint entry_purpose`.execute(trx)
    await sql`select billing.post(${account}, 'grant', ${amount}, ${key}, null, null, 'r', 'a')`.execute(
      trx,
    )
    await sql`alter table billing.entry add constraint entry_purpose check (
      (kind = 'grant') = (purpose is not null)) not valid`.execute(trx)
  })

describe('grants', () => {
  const request = { key: '', credits: 500, purpose: 'pack', reason: 'credit pack', actor: 'ops' }
  const pathOf = (account: string) => `/accounts/${account}/grants`

  test('a key grants once', async () => {
    const [path, key] = [pathOf(await billing.account()), newTaskId()]
    const granted = { replay: false, balance: 500 }
    expect(await post(path, { ...request, key })).toEqual(ok(granted))
    const again = await post(path, { ...request, key, reason: 'r'.repeat(900) })
    expect(again).toEqual(ok({ ...granted, replay: true }))
  })

  test('a key that granted something else says what', async () => {
    const [account, other, key] = [await billing.account(), await billing.account(), newTaskId()]
    await post(pathOf(account), { ...request, key })
    const calls: [string, object][] = [
      [account, { credits: 501 }],
      [account, { purpose: 'goodwill' }],
      [other, {}],
    ]
    for (const [id, more] of calls) {
      expect(await post(pathOf(id), { ...request, key, ...more })).toEqual(
        refusal(409, 'ACTION_REFUSED', {
          key: 'key_reused',
          param: 'key',
          message: expect.stringMatching(
            new RegExp(
              `^This key was used for a grant of 500 credits \\(pack\\) to ${account} at \\S+Z: ` +
                'repeat it with the same data, or use another key$',
            ),
          ),
        }),
      )
    }
    expect([await balanceOf(db, account), await balanceOf(db, other)]).toEqual([500n, 0n])
  })

  test('two accounts and one key in the same moment: one grant, and no alarm', async () => {
    const [one, two, key] = [await billing.account(), await billing.account(), newTaskId()]
    const answers = await Promise.all([one, two].map((id) => post(pathOf(id), { ...request, key })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    expect((await balanceOf(db, one)) + (await balanceOf(db, two))).toBe(500n)
    expect(await constraintStops()).toBe('0')
  })

  test('a grant from before there were purposes is repeated with one', async () => {
    const [account, key] = [await billing.account(), newTaskId()]
    await oldGrant(account, key, 500n)
    const answer = await post(pathOf(account), { ...request, key })
    expect(answer).toEqual(ok({ replay: true, balance: 500 }))
  })

  test('texts are cut to what a line takes', async () => {
    const id = await billing.account()
    const long = { reason: 'r'.repeat(900), actor: 'a'.repeat(900) }
    await post(pathOf(id), { ...request, key: newTaskId(), ...long })
    const { body } = await get<TransactionList>(`/accounts/${id}/transactions`)
    expect(body.items[0]?.reason).toBe('r'.repeat(200))
  })

  test('an unknown account is refused', async () => {
    expect(await post(pathOf('nobody:live'), { ...request, key: newTaskId() })).toEqual(
      refusal(404, 'NOT_FOUND', { key: 'account_not_found' }),
    )
  })

  const CREDITS = 'credits: must be a whole number from 1 to 9007199254740991'
  const REASON = 'reason: say in a few words why, since the ledger keeps it for ever'
  test.each<[object, string]>([
    ...[0, -5, 1.5, 2 ** 53, 1e300, '500', null, undefined].map((credits): [object, string] => [
      { credits },
      CREDITS,
    ]),
    [{ reason: '' }, REASON],
    [{ reason: ' \n\0' }, REASON],
    [{ reason: undefined }, REASON],
    [{ actor: '' }, 'actor: say who does it, since the ledger keeps it for ever'],
    [{ purpose: 'gift' }, 'purpose: must be one of subscription, pack, goodwill'],
    [{ purpose: undefined }, 'purpose: must be one of subscription, pack, goodwill'],
    [{ key: 'a\0' }, 'key: must be 1 to 200 ASCII characters, such as the id of a payment'],
    [{ key: '' }, 'key: must be 1 to 200 ASCII characters, such as the id of a payment'],
  ])('%j is refused in a sentence, and nothing moves', async (more, message) => {
    const account = await billing.account(3n)
    const answer = await post(pathOf(account), { ...request, key: newTaskId(), ...more })
    const param = message.slice(0, message.indexOf(':'))
    expect(answer).toEqual(refusal(400, 'INVALID_PARAMETER', { message, param }))
    expect(await balanceOf(db, account)).toBe(3n)
  })

  test('a balance never passes what a JSON number holds, and no constraint has to say so', async () => {
    const account = await billing.account(1n)
    const most = { ...request, credits: Number.MAX_SAFE_INTEGER - 1 }
    const full = ok({ replay: false, balance: Number.MAX_SAFE_INTEGER })
    expect(await post(pathOf(account), { ...most, key: newTaskId() })).toEqual(full)
    await adjust(db, { account, amount: -10n })
    expect(await post(pathOf(account), { ...request, key: newTaskId(), credits: 11 })).toEqual(
      refusal(409, 'ACTION_REFUSED', {
        key: 'balance_too_large',
        message:
          'The balance is 9007199254740981 credits and cannot pass 9007199254740991: add at most 10',
      }),
    )
    expect(await balanceOf(db, account)).toBe(9007199254740981n)
    expect(await constraintStops()).toBe('0')
  })

  test('a body that is no JSON, or too large', async () => {
    const path = pathOf(await billing.account())
    expect(await post(path, '{"key":')).toEqual(refusal(400, 'INVALID_JSON'))
    expect(await post(path, { key: 'k'.repeat(20_000) })).toEqual(refusal(413, 'BODY_TOO_LARGE'))
  })
})

async function constraintStops(): Promise<string | undefined> {
  const name = 'upscale_billing_constraint_stops_total'
  return (await billing.metrics.getSingleMetricAsString(name)).split(' ').at(-1)
}

test('rates, plans and the schedule of prices', async () => {
  const validFrom = '2026-01-01T00:00:00.000Z'
  expect(await get('/rates')).toEqual(
    ok({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      creditsPerSecond: { '1': 16, '2': 16, '4': 28 },
      plans: [
        { id: 'enterprise', dailyTasks: null, usdMicrosPerCredit: null },
        { id: 'free', dailyTasks: 0, usdMicrosPerCredit: null },
        { id: 'pro_monthly', dailyTasks: 500, usdMicrosPerCredit: 12000 },
        { id: 'pro_yearly', dailyTasks: 500, usdMicrosPerCredit: 6000 },
        { id: 'starter', dailyTasks: 100, usdMicrosPerCredit: null },
      ],
      schedule: [
        { factor: '1', creditsPerSecond: 16, validFrom },
        { factor: '2', creditsPerSecond: 16, validFrom },
        { factor: '4', creditsPerSecond: 28, validFrom },
      ],
    }),
  )
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
