import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type {
  AccountView,
  Finding,
  PostingView,
  RatesView,
  ReverseView,
  TaskBooks,
} from '@upscale/types'
import { createActivities } from '../src/activities.ts'
import { adjust, balanceOf, debit, linesOf, problemsIn, refund, settle } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'
import { ok, refusal, serve } from './test-http.ts'

const LATER = Date.now() + 3_600_000 // whatever stands was found before

const billing = await testBilling()
const { db } = billing
const http = await serve(billing)
const { get, post } = http

afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await billing[Symbol.asyncDispose]()
})
afterEach(async () => {
  expect(await problemsIn(db)).toEqual([])
})

const WHY = { reason: 'the result was black', actor: 'ann' }

async function delivered(credits = 144n) {
  const [account, task] = [await billing.account(credits), newTaskId()]
  await debit(db, { account, task })
  await settle(db, task)
  return { account, task }
}

const SAID = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const LINE = expect.stringMatching(/^txn_[0-9a-f]{24}$/)

describe('books of a task', () => {
  test('every generation and every line, oldest first', async () => {
    const [account, task] = [await billing.account(1000n), newTaskId()]
    await debit(db, { account, task })
    await refund(db, { account, task, keepPercent: 25 })
    await debit(db, { account, task, generation: 2 })
    await adjust(db, { account, amount: 5n, task })
    const charge = { givenBack: 0, reason: null, createdAt: SAID, closedAt: null }
    const line = { id: LINE, generation: 1, actor: 'test', reason: 'test', createdAt: SAID }
    const price = { actor: 'workflow', reason: 'upscale 2x, 9 s' }
    const gaveBack = { state: 'refunded', credits: 144, givenBack: 108, reason: 'test' }
    expect(await get<TaskBooks>(`/tasks/${task}/books`)).toEqual(
      ok({
        taskId: task,
        accountId: account,
        charges: [
          { ...charge, generation: 1, ...gaveBack, closedAt: SAID },
          { ...charge, generation: 2, state: 'debited', credits: 108 },
        ],
        lines: [
          { ...line, kind: 'debit', amount: -144, balanceAfter: 856, ...price },
          { ...line, kind: 'refund', amount: 108, balanceAfter: 964 },
          { ...line, kind: 'debit', amount: -108, balanceAfter: 856, generation: 2, ...price },
          { ...line, kind: 'adjust', amount: 5, balanceAfter: 861, generation: null },
        ],
      }),
    )
    await refund(db, { account, task, generation: 2 })
  })

  test('a charge that never had a price', async () => {
    const [account, task] = [await billing.account(), newTaskId()]
    await refund(db, { account, task })
    const { body } = await get<TaskBooks>(`/tasks/${task}/books`)
    expect(body.charges).toMatchObject([{ state: 'voided', credits: null, givenBack: 0 }])
    expect(body.lines).toEqual([])
  })

  test.each([newTaskId(), 'task_1', 'odd%20name'])('%s was never charged', async (id) => {
    const none = refusal(404, 'TASK_NOT_FOUND', {
      message: 'The ledger knows no such task, it was never charged: check the task id',
    })
    expect(await get(`/tasks/${id}/books`)).toEqual(none)
    expect(await post(`/tasks/${id}/reverse`, WHY)).toEqual(none)
  })
})

describe('reverse', () => {
  test('gives a settled charge back once; a repeat says so', async () => {
    const { account, task } = await delivered()
    const reversed: ReverseView = { generation: 1, givenBack: 144, balance: 144, replay: false }
    expect(await post(`/tasks/${task}/reverse`, WHY)).toEqual(ok(reversed))
    await adjust(db, { account, amount: 6n })
    expect(await post(`/tasks/${task}/reverse`, { ...WHY, reason: 'again' })).toEqual(
      ok({ ...reversed, replay: true }),
    )
    const { body } = await get<TaskBooks>(`/tasks/${task}/books`)
    expect(body.lines.at(-1)).toMatchObject({ kind: 'refund', amount: 144, ...WHY })
  })

  test('finds the generation that stands', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    await refund(db, { account, task })
    await debit(db, { account, task, generation: 2 })
    await settle(db, task, 2)
    expect(await post(`/tasks/${task}/reverse`, WHY)).toEqual(
      ok({ generation: 2, givenBack: 144, balance: 144, replay: false }),
    )
  })

  test.each([
    ['debited', "its charge is still open: the job's end or the reconciler closes it"],
    ['refunded', 'its credits are back already'],
    ['voided', 'nothing was taken'],
    ['rejected', 'nothing was taken'],
    ['waived', 'nothing was taken'],
  ])('a charge that is %s is refused, nothing moves', async (state, advice) => {
    const [account, task] = [await billing.account(state === 'rejected' ? 1n : 144n), newTaskId()]
    if (state !== 'voided') await debit(db, { account, task })
    if (state !== 'debited' && state !== 'rejected') await refund(db, { account, task })
    if (state === 'waived') {
      await adjust(db, { account, amount: -144n })
      await debit(db, { account, task, generation: 2, orWaive: true })
    }
    const before = await linesOf(db, task)
    expect(await post(`/tasks/${task}/reverse`, WHY)).toEqual(
      refusal(409, 'ACTION_REFUSED', {
        key: 'not_settled',
        message: `Only a settled charge can be reversed, and the charge of this task is ${state}: ${advice}`,
      }),
    )
    expect(await linesOf(db, task)).toEqual(before)
    if (state === 'debited') await refund(db, { account, task })
  })

  test.each([{ reason: '' }, { reason: undefined }, { actor: ' ' }])(
    'without saying why and who (%j) nothing moves',
    async (more) => {
      const { account, task } = await delivered()
      const param = Object.keys(more)[0]
      expect(await post(`/tasks/${task}/reverse`, { ...WHY, ...more })).toEqual(
        refusal(400, 'INVALID_PARAMETER', { param }),
      )
      expect(await balanceOf(db, account)).toBe(0n)
    },
  )
})

describe('adjustments', () => {
  const adjustTo = async (account: string, body: object) =>
    post(`/accounts/${account}/adjustments`, { key: newTaskId(), ...WHY, ...body })

  test('either sign, once per key, and may name a task', async () => {
    const { account, task } = await delivered(200n)
    const key = newTaskId()
    const goodwill = { key, delta: 20, taskId: task }
    const answer = { replay: false, balance: 76 }
    expect(await adjustTo(account, goodwill)).toEqual(ok(answer))
    expect(await adjustTo(account, { delta: -6 })).toEqual(ok({ ...answer, balance: 70 }))
    expect(await adjustTo(account, goodwill)).toEqual(ok({ ...answer, replay: true }))
    expect(await linesOf(db, task)).toEqual(['debit -144', 'adjust 20'])
    expect(await adjustTo(account, { ...goodwill, delta: 21 })).toEqual(
      refusal(409, 'ACTION_REFUSED', {
        key: 'key_reused',
        param: 'key',
        message: expect.stringContaining(
          `an adjustment by 20 credits for ${task} to ${account} at`,
        ),
      }),
    )
  })

  test('a task whose charge is lost can be adjusted for, and its books say so', async () => {
    const [account, taskId] = [await billing.account(50n), newTaskId()]
    expect(await adjustTo(account, { delta: -48, taskId })).toEqual(
      ok({ replay: false, balance: 2 }),
    )
    const { body } = await get<TaskBooks>(`/tasks/${taskId}/books`)
    expect(body).toMatchObject({
      accountId: account,
      charges: [],
      lines: [{ kind: 'adjust', amount: -48, actor: 'ann' }],
    })
  })

  test('what a key was used for can be asked for', async () => {
    const [account, key] = [await billing.account(0n), `pay ${newTaskId()}`]
    const path = `/postings?${new URLSearchParams({ key }).toString()}`
    expect(await get(path)).toEqual({
      status: 404,
      body: {
        code: 'NOT_FOUND',
        key: 'key_unused',
        message: 'Nothing was booked under this key',
        param: 'key',
      },
    })
    const request = { key, credits: 7, purpose: 'pack', ...WHY }
    expect(await post(`/accounts/${account}/grants`, request)).toMatchObject({ status: 200 })
    expect(await get<PostingView>(path)).toEqual(
      ok({
        key,
        accountId: account,
        kind: 'grant',
        delta: 7,
        purpose: 'pack',
        taskId: null,
        createdAt: SAID,
      }),
    )
  })

  test('below zero is refused and says the balance', async () => {
    const account = await billing.account(10n)
    expect(await adjustTo(account, { delta: -11 })).toEqual(
      refusal(409, 'ACTION_REFUSED', {
        key: 'balance_too_small',
        param: 'delta',
        message: 'The balance is 10 credits and cannot fall below 0: take at most that',
      }),
    )
    expect(await balanceOf(db, account)).toBe(10n)
  })

  test('what cannot be is refused', async () => {
    const account = await billing.account(10n)
    expect(await adjustTo('nobody:live', { delta: 1 })).toEqual(
      refusal(404, 'NOT_FOUND', { key: 'account_not_found' }),
    )
    const others = (await delivered()).task
    expect(await adjustTo(account, { delta: 1, taskId: others })).toEqual(
      refusal(404, 'TASK_NOT_FOUND', {
        param: 'taskId',
        message: 'That task was charged to another account: check the account and the task id',
      }),
    )
    const wrong: [object, string, unknown][] = [
      [{ delta: 0 }, 'delta', 'delta: must not be 0, since that would change nothing'],
      [{ delta: 0.5 }, 'delta', expect.stringContaining('must be a whole number from -9007')],
      [{ delta: 1, taskId: 'x' }, 'taskId', 'taskId: is not a task id'],
      [{ delta: 1, reason: '' }, 'reason', expect.stringContaining('say in a few words why')],
    ]
    for (const [body, param, message] of wrong) {
      const answer = await adjustTo(account, body)
      expect(answer).toEqual(refusal(400, 'INVALID_PARAMETER', { param, message }))
    }
    expect(await balanceOf(db, account)).toBe(10n)
  })
})

describe('plans', () => {
  test('a customer changes plan; both accounts follow, balances stay', async () => {
    const account = await billing.account(5n, 'free')
    const [customer] = account.split(':')
    const path = `/customers/${customer}/plan`
    expect(await post(path, { plan: 'pro_yearly' })).toEqual({ status: 204, body: null })
    expect(await post(path, { plan: 'pro_yearly' })).toEqual({ status: 204, body: null })
    for (const [mode, balance] of [
      ['live', 5],
      ['test', 0],
    ]) {
      const { body } = await get<AccountView>(`/accounts/${customer}:${mode}`)
      expect(body).toMatchObject({ plan: 'pro_yearly', usdMicrosPerCredit: 6000, balance })
    }
    expect(await post(path, { plan: 'gold' })).toEqual(
      refusal(400, 'INVALID_PARAMETER', {
        param: 'plan',
        message: 'plan: must be one of free, starter, pro_monthly, pro_yearly, enterprise',
      }),
    )
  })

  test.each(['nobody', 'odd%20name'])('an unknown customer (%s) is refused', async (id) => {
    expect(await post(`/customers/${id}/plan`, { plan: 'free' })).toEqual(
      refusal(404, 'NOT_FOUND', { key: 'customer_not_found' }),
    )
  })
})

describe('rates', () => {
  const rate = { factor: '2', creditsPerSecond: 20, validFrom: '2099-01-01T00:00:00.000Z' }

  test('a future one stands in the schedule and changes nothing of today', async () => {
    expect(await post('/rates', { ...rate, validFrom: '2099-01-01T01:00:00+01:00' })).toEqual(
      ok(rate),
    )
    expect(await post('/rates', rate)).toEqual(ok(rate))
    const { body } = await get<RatesView>('/rates')
    expect(body.creditsPerSecond).toEqual({ '1': 16, '2': 16, '4': 28 })
    expect(body.schedule.filter(({ factor }) => factor === '2')).toEqual([
      { factor: '2', creditsPerSecond: 16, validFrom: '2026-01-01T00:00:00.000Z' },
      rate,
    ])
    expect(await post('/rates', { ...rate, creditsPerSecond: 21 })).toEqual(
      refusal(409, 'ACTION_REFUSED', {
        key: 'rate_exists',
        param: 'validFrom',
        message:
          'Factor 2 costs 20 credits per second from 2099-01-01T00:00:00.000Z on, and a rate never ' +
          'changes: let the new one begin at another time',
      }),
    )
  })

  test('one in the past is refused', async () => {
    expect(await post('/rates', { ...rate, validFrom: '2026-01-02T00:00:00Z' })).toEqual(
      refusal(400, 'INVALID_PARAMETER', {
        key: 'rate_not_in_future',
        param: 'validFrom',
        message:
          'validFrom: 2026-01-02T00:00:00.000Z is past, and a new rate must begin in the future',
      }),
    )
  })

  test.each([
    [{ factor: '3' }, 'factor: must be one of 1, 2, 4'],
    [{ creditsPerSecond: 0 }, 'creditsPerSecond: must be a whole number from 1 to 10000'],
    [{ creditsPerSecond: 10_001 }, 'creditsPerSecond: must be a whole number from 1 to 10000'],
    [{ validFrom: 'tomorrow' }, 'validFrom: must be a time such as 2027-01-01T00:00:00Z'],
    [{ validFrom: undefined }, 'validFrom: must be a time such as 2027-01-01T00:00:00Z'],
  ])('%j is refused', async (more, message) => {
    const param = Object.keys(more)[0]
    expect(await post('/rates', { ...rate, ...more })).toEqual(
      refusal(400, 'INVALID_PARAMETER', { param, message }),
    )
  })
})

describe('books and metrics', () => {
  const { reportFindings, readFindings } = createActivities(billing)
  const scrape = async () => await (await fetch(`${http.base}/metrics`)).text()

  test('what the last pass found, and what is open', async () => {
    const before = { lastPassAt: null, findings: [], openCharges: 0, oldestOpenAt: null }
    expect(await get('/books')).toEqual(ok(before))
    const text = await scrape()
    for (const check of ['books', 'open_charge', 'undelivered', 'audit'])
      expect(text).toContain(`upscale_ledger_imbalance{check="${check}"} 0\n`)
    expect(text).toContain('upscale_billing_open_charge_age_seconds 0\n')
    expect(text).toContain('upscale_billing_reconciler_last_pass_seconds 0\n')

    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    const finding = { check: 'books', subject: account, problem: 'balance 5, lines say 6' } as const
    const audit = { check: 'audit', subject: task, problem: 'p'.repeat(900) } as const
    await reportFindings({ findings: [finding, audit], audited: true, sinceMs: LATER })
    expect(await get('/books')).toEqual(
      ok({
        lastPassAt: SAID,
        findings: [{ ...audit, problem: 'p'.repeat(500) }, finding],
        openCharges: 1,
        oldestOpenAt: SAID,
      }),
    )
    const later = await scrape()
    expect(later).toContain('upscale_ledger_imbalance{check="books"} 1\n')
    expect(later).toContain('upscale_ledger_imbalance{check="audit"} 1\n')
    expect(later).toContain('upscale_ledger_imbalance{check="lost_jobs"} 0\n')
    expect(later).toMatch(/^upscale_billing_open_charge_age_seconds 0\.\d+$/m)
    expect(later).toMatch(/^upscale_billing_reconciler_last_pass_seconds 1[\d.]+$/m)
    await refund(db, { account, task })
  })

  test('a finding that stays keeps when it was first seen; the others go', async () => {
    const stays = { check: 'delivered_unpaid', subject: 'task_x', problem: 'first' } as const
    const report = (findings: Finding[]) =>
      reportFindings({ findings, audited: true, sinceMs: LATER })
    await report([stays, { ...stays, subject: 'task_y' }])
    const seen = sql<{ at: string }>`select first_seen::text as at from billing.finding`
    const [first] = (await seen.execute(db)).rows
    const twice = [
      { ...stays, problem: 'second' },
      { ...stays, problem: 'third' },
    ]
    await report(twice)
    expect((await seen.execute(db)).rows).toEqual([first])
    expect(await readFindings()).toEqual([{ ...stays, problem: 'second; third' }])
    await report([])
    expect(await readFindings()).toEqual([])
  })

  test('a pass forgets nothing that another found since it began', async () => {
    const began = Date.now() - 60_000
    const lost = { check: 'lost_jobs', subject: 'settled charges', problem: 'gone' } as const
    await reportFindings({ findings: [lost], audited: false, sinceMs: LATER })
    await reportFindings({ findings: [], audited: false, sinceMs: began })
    expect(await readFindings()).toEqual([lost])
    await reportFindings({ findings: [], audited: false, sinceMs: LATER })
    expect(await readFindings()).toEqual([])
  })

  test('a pass that was no audit leaves what the last audit found', async () => {
    const audit = { check: 'audit', subject: 'a:live', problem: 'off' } as const
    const lost = { check: 'lost_jobs', subject: 'open charges', problem: 'gone' } as const
    await reportFindings({ findings: [audit, lost], audited: true, sinceMs: LATER })
    await reportFindings({
      findings: [{ ...audit, problem: 'other' }],
      audited: false,
      sinceMs: LATER,
    })
    expect(await readFindings()).toEqual([audit])
    await reportFindings({
      findings: [{ ...audit, subject: 'b:live' }, lost],
      audited: false,
      sinceMs: LATER,
    })
    expect(await readFindings()).toEqual([audit, lost])
    await reportFindings({ findings: [], audited: true, sinceMs: LATER })
    expect(await readFindings()).toEqual([])
  })
})

describe('accepting a finding', () => {
  const { findUnpaid, reportFindings, readFindings } = createActivities(billing)
  const accept = (body: object) =>
    post('/books/accept', { check: 'delivered_unpaid', ...WHY, ...body })
  const done = { status: 204, body: null }
  const report = (findings: Finding[]) =>
    reportFindings({ findings, audited: false, sinceMs: LATER })
  const unpaid = (subject: string) =>
    ({ check: 'delivered_unpaid', subject, problem: 'nothing is settled' }) as const
  const waitingForLocks = async () => {
    const { rows } = await sql<{ count: bigint }>`select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(billing.admin)
    return rows[0]?.count ?? 0n
  }
  const accepted = (subject: string) =>
    sql`select check_name, reason, actor from billing.accepted where subject = ${subject}`

  test('takes it away at once and for ever; a repeat changes nothing', async () => {
    const [task, other] = [newTaskId(), newTaskId()]
    await report([unpaid(task), unpaid(other)])
    expect(await findUnpaid([task, other])).toEqual([task, other])
    expect(await accept({ subject: task })).toEqual(done)
    expect(await readFindings()).toEqual([unpaid(other)])
    expect(await findUnpaid([task, other])).toEqual([other])
    expect(await accept({ subject: task, reason: 'again', actor: 'bob' })).toEqual(done)
    const { rows } = await accepted(task).execute(db)
    expect(rows).toEqual([{ checkName: 'delivered_unpaid', ...WHY }])

    await report([unpaid(task), { ...unpaid(task), check: 'undelivered' }]) // asked before it was accepted
    expect(await readFindings()).toEqual([{ ...unpaid(task), check: 'undelivered' }])
    await report([])
  })

  test('waits for the pass that reports at this moment', async () => {
    const task = newTaskId()
    const pass = await billing.admin.startTransaction().execute()
    await sql`select billing.report(${JSON.stringify([unpaid(task)])}::jsonb, false, now() + interval '1 hour')`.execute(
      pass,
    )
    const answer = accept({ subject: task })
    while ((await waitingForLocks()) === 0n) await sleep(10)
    await pass.commit().execute()
    expect(await answer).toEqual(done)
    expect(await readFindings()).toEqual([])
  })

  test('what has to be mended, and what nobody found, is refused', async () => {
    const account = await billing.account()
    const books = { check: 'books', subject: account, problem: 'off' } as const
    await report([books])
    expect(await accept({ check: 'books', subject: account })).toEqual(
      refusal(409, 'ACTION_REFUSED', {
        key: 'not_acceptable',
        param: 'check',
        message:
          "Only delivered_unpaid is a person's to accept; a finding of books has to be mended",
      }),
    )
    expect(await readFindings()).toEqual([books])
    const task = newTaskId()
    expect(await accept({ subject: task })).toEqual(
      refusal(404, 'NOT_FOUND', {
        key: 'finding_not_found',
        param: 'subject',
        message: `No finding delivered_unpaid of ${task} stands: it was mended, or no pass has found it yet`,
      }),
    )
    expect((await accepted(task).execute(db)).rows).toEqual([])
    for (const [body, param] of [
      [{ check: 'odd', subject: task }, 'check'],
      [{ subject: 'and 3 more' }, 'subject'],
      [{ subject: '\u0000' }, 'subject'],
      [{ subject: task, reason: ' ' }, 'reason'],
      [{ subject: task, actor: undefined }, 'actor'],
    ] as const)
      expect(await accept(body)).toEqual(refusal(400, 'INVALID_PARAMETER', { param }))
    await report([])
  })

  test('is for ever, even for the owner', async () => {
    for (const change of [
      "update billing.accepted set reason = 'x'",
      'delete from billing.accepted',
      'truncate billing.accepted',
    ])
      await expect(sql.raw(change).execute(billing.admin)).rejects.toThrow(
        'billing.accepted is append-only',
      )
  })
})
