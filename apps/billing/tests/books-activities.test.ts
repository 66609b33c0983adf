import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { AccountId, DebitInput, Finding, TaskId } from '@upscale/types'
import type { ChargeFacts, Page, Paged } from '@upscale/workflows/activities'
import { readAccount } from '../src/accounts/account-store.ts'
import { createActivities } from '../src/activities.ts'
import { createContext } from '../src/context.ts'
import { readTaskLines } from '../src/ledger/charge-store.ts'
import {
  adjust,
  balanceOf,
  debit,
  linesOf,
  problemsIn,
  refund,
  reverse,
  settle,
} from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const billing = await testBilling()
const { db, admin } = billing
const activities = createActivities(billing)

afterAll(async () => {
  await billing[Symbol.asyncDispose]()
})

/** All pages of a list. */
async function whole(
  limit: number,
  list: (page: Page) => Promise<Paged<ChargeFacts>>,
): Promise<{ items: ChargeFacts[]; pages: number }> {
  const items: ChargeFacts[] = []
  let pages = 0
  for (let after: string | null | undefined; after !== null; pages += 1) {
    const page: Paged<ChargeFacts> = await list({ limit, ...(after && { after }) })
    items.push(...page.items)
    after = page.next
  }
  return { items, pages }
}

const tasksOf = ({ items }: { items: ChargeFacts[] }) => items.map(({ taskId }) => taskId)

describe('lists', () => {
  let account: AccountId
  let tasks: TaskId[]

  /** Five charges of one moment: only task and generation tell their places apart. */
  beforeAll(async () => {
    account = await billing.account(10_000n)
    tasks = Array.from({ length: 5 }, newTaskId).sort()
    await db.transaction().execute(async (trx) => {
      for (const task of tasks) await debit(trx, { account, task })
    })
  })
  afterEach(async () => {
    expect(await problemsIn(db)).toEqual([])
  })

  test('open charges, oldest first, page by page; young ones are left to their job', async () => {
    const { listOpenCharges } = activities
    const [first] = (await listOpenCharges({ limit: 1, olderThanMs: 0 })).items
    expect(first).toEqual({
      taskId: tasks[0],
      generation: 1,
      accountId: account,
      state: 'debited',
    })
    const later = newTaskId()
    await debit(db, { account, task: later })
    const all = await whole(2, (page) => listOpenCharges({ ...page, olderThanMs: 0 }))
    expect([tasksOf(all), all.pages]).toEqual([[...tasks, later], 3])
    const old = await listOpenCharges({ limit: 100, olderThanMs: 60_000 })
    expect(old).toEqual({ items: [], next: null })
    await refund(db, { account, task: later })
  })

  test('settled charges of a time range, page by page; those reversed are gone', async () => {
    const fromMs = Date.now() - 1
    await db.transaction().execute(async (trx) => {
      for (const task of tasks) await settle(trx, task)
    })
    const range = { fromMs, toMs: Date.now() + 1_000 }
    const list = (page: Page) => activities.listSettledCharges({ ...page, ...range })
    const all = await whole(2, list)
    expect([tasksOf(all), all.pages]).toEqual([tasks, 3])
    expect(all.items[0]).toMatchObject({ generation: 1, accountId: account, state: 'settled' })
    await reverse(db, tasks[0] ?? '')
    expect(tasksOf(await whole(5, list))).toEqual(tasks.slice(1))
    const before = { limit: 100, fromMs: 0, toMs: fromMs }
    expect((await activities.listSettledCharges(before)).items).toEqual([])
  })

  test('a foreign cursor is refused for good', async () => {
    const list = activities.listOpenCharges({ limit: 1, olderThanMs: 0, after: 'x' })
    await expect(list).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
  })

  test('every generation of the tasks that are asked for', async () => {
    const task = newTaskId()
    await debit(db, { account, task })
    await refund(db, { account, task })
    await refund(db, { account, task, generation: 2 })
    const facts = { taskId: task, accountId: account }
    expect(await activities.readCharges([newTaskId(), task])).toEqual([
      { ...facts, generation: 1, state: 'refunded' },
      { ...facts, generation: 2, state: 'voided' },
    ])
    expect(await activities.readCharges([])).toEqual([])
  })

  test('unpaid is what has no charge that stands or a person gave back, and nothing taken by hand', async () => {
    const charged = async (then: (task: TaskId) => Promise<unknown>) => {
      const task = newTaskId()
      await debit(db, { account, task })
      await then(task)
      return task
    }
    const back = (task: TaskId) => refund(db, { account, task })
    const reconcile = (task: TaskId) =>
      sql`select billing.reverse(${task}, 1, 'nothing was delivered', 'reconciler')`.execute(db)
    const unpaid = [
      await charged(back),
      newTaskId(),
      await charged(async () => undefined),
      await charged(async (task) => [await settle(db, task), await reconcile(task)]),
      await charged(async (task) => [
        await back(task),
        await adjust(db, { account, amount: 1n, task }),
      ]),
    ]
    const paid = [
      await charged((task) => settle(db, task)),
      await charged(async (task) => [await settle(db, task), await reverse(db, task)]),
      await charged(async (task) => [
        await back(task),
        await adjust(db, { account, amount: -1n, task }),
      ]),
      await charged(async (task) => [
        await back(task),
        await adjust(db, { account, amount: -(await balanceOf(db, account)) }),
        await debit(db, { account, task, generation: 2, orWaive: true }),
      ]),
    ]
    const asked = unpaid.flatMap((task, i) => [task, ...paid.slice(i, i + 1)])
    expect(await activities.findUnpaid(asked)).toEqual(unpaid)
    expect(await activities.findUnpaid([])).toEqual([])
    await refund(db, { account, task: unpaid[2] ?? '' })
  })
})

describe('repairs', () => {
  const repairs = async () => {
    const name = 'upscale_billing_reconciler_repairs_total'
    const text = await billing.metrics.getSingleMetricAsString(name)
    return text.split('\n').filter((line) => !line.startsWith('#'))
  }
  const counted = (refunds: number, reversals: number) => [
    `upscale_billing_reconciler_repairs_total{what="refund"} ${refunds}`,
    `upscale_billing_reconciler_repairs_total{what="reverse"} ${reversals}`,
  ]
  const actorOf = async (task: TaskId) => {
    const { rows } = await sql<{ actor: string; reason: string }>`select actor, reason
      from billing.entry where task_id = ${task} and kind = 'refund'`.execute(db)
    return rows
  }

  test('what moved is counted once, and its line says who', async () => {
    expect(await repairs()).toEqual(counted(0, 0))
    const account = await billing.account(288n)
    const [open, settled] = [newTaskId(), newTaskId()]
    await debit(db, { account, task: open })
    await debit(db, { account, task: settled })
    await settle(db, settled)
    const order = { taskId: open, generation: 1, accountId: account, donePercent: 0 }
    const call = { ...order, code: 'GENERATION_FAILED', actor: 'reconciler' } as const
    const given = { taskId: settled, generation: 1, reason: 'nothing was delivered' }
    for (let calls = 0; calls < 2; calls += 1) {
      expect(await activities.refund(call)).toEqual({ state: 'refunded', givenBack: 144 })
      expect(await activities.reverse(given)).toEqual({ state: 'reversed', givenBack: 144 })
    }
    expect(await repairs()).toEqual(counted(1, 1))
    expect(await actorOf(open)).toEqual([{ actor: 'reconciler', reason: 'GENERATION_FAILED' }])
    expect(await actorOf(settled)).toEqual([
      { actor: 'reconciler', reason: 'nothing was delivered' },
    ])
  })

  test('a job’s own refund is no repair; a reversal of an open charge moves nothing', async () => {
    const [account, task] = [await billing.account(144n), newTaskId()]
    await debit(db, { account, task })
    const given = { taskId: task, generation: 1 }
    expect(await activities.reverse({ ...given, reason: 'r' })).toEqual({
      state: 'debited',
      givenBack: 0,
    })
    const before = await repairs()
    await activities.refund({ ...given, accountId: account, code: 'X', donePercent: 0 })
    expect(await repairs()).toEqual(before)
    expect(await actorOf(task)).toEqual([{ actor: 'workflow', reason: 'X' }])
  })
})

describe('proof and audit', () => {
  /** What no constraint lets happen: for one test they are switched off, as a superuser can. */
  const corrupt = (text: string) =>
    admin.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx)
      await sql.raw(text).execute(trx)
    })

  test('right books have no findings', async () => {
    expect(await activities.proveBooks()).toEqual([])
    expect(await activities.auditBooks()).toEqual([])
  })

  test('a balance that its lines do not say, a line without its charge', async () => {
    const [account, task] = [await billing.account(500n), newTaskId()]
    await debit(db, { account, task })
    await settle(db, task)
    await corrupt(`update billing.account set balance = balance + 7 where id = '${account}'`)
    const proved: Finding[] = [
      { check: 'books', subject: account, problem: 'balance 363, lines say 356' },
    ]
    expect(await activities.proveBooks()).toEqual(proved)
    await corrupt(`update billing.charge set state = 'refunded', given_back = 144
      where task_id = '${task}'`)
    expect(await activities.auditBooks()).toEqual([
      {
        check: 'audit',
        subject: account,
        problem: 'balance 363 after 2 lines, the lines say 356',
      },
      {
        check: 'audit',
        subject: task,
        problem: 'paid 144, its charges kept 0 of a price of 144, and 0 of them are live',
      },
    ])
    await corrupt(`update billing.account set balance = balance - 7 where id = '${account}';
      update billing.charge set state = 'settled', given_back = null where task_id = '${task}'`)
    expect([...(await activities.proveBooks()), ...(await activities.auditBooks())]).toEqual([])
  })

  test('more than a payload holds are counted', async () => {
    const accounts = await Promise.all(Array.from({ length: 23 }, () => billing.account(1n)))
    const list = accounts.map((id) => `'${id}'`).join(', ')
    await corrupt(`update billing.account set balance = balance + 1 where id in (${list})`)
    const found = await activities.proveBooks()
    expect(found).toHaveLength(21)
    expect(found.at(-1)).toEqual({
      check: 'books',
      subject: 'and 3 more',
      problem: 'not listed one by one',
    })
    await corrupt(`insert into billing.charge (task_id, generation, account_id, state, rate_id, factor,
        credits_per_second, duration_ms, amount, closed_at)
      select 'task_' || repeat('b', 36) || to_char(i, 'FM0000'), 1, 'none:live', 'settled', 2, '2',
        16, 1000, 16, now() from generate_series(1, 22) i`)
    const audit = await activities.auditBooks()
    expect(audit.map(({ subject }) => subject).filter((it) => it.startsWith('and '))).toEqual([
      'and 3 more',
      'and 2 more',
    ])
    expect(Buffer.byteLength(JSON.stringify(audit))).toBeLessThan(10_000)
    await corrupt(`delete from billing.charge where account_id = 'none:live'`)
    await corrupt(`update billing.account set balance = balance - 1 where id in (${list})`)
    expect(await activities.proveBooks()).toEqual([])
  })

  test('both have more time than a customer’s call', async () => {
    const statementTimeoutMs = 20
    await using ctx = createContext({
      ...billing.config,
      db: { ...billing.config.db, statementTimeoutMs },
    })
    const slow = sql`select pg_sleep(0.1)`.execute(ctx.db)
    await expect(slow).rejects.toMatchObject({ code: '57014' })
    await corrupt(`create or replace view billing.audit_account as
      select a.id, a.balance, a.seq, 0::numeric as entry_sum, pg_sleep(0.001) is not null as ok
      from billing.account a`)
    await corrupt(`alter function billing.prove() rename to prove_fast;
      create function billing.prove() returns table (account_id text, problem text)
      language sql security definer as $$ select pg_sleep(0.1); select * from billing.prove_fast() $$;
      grant execute on function billing.prove() to billing_app`)
    const patient = createActivities(ctx)
    expect([await patient.proveBooks(), await patient.auditBooks()]).toEqual([[], []])
  })
})

test('no question of every minute scans a table', async () => {
  await using many = await testBilling()
  await many.admin.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx)
    await sql`insert into billing.charge (task_id, generation, account_id, state, rate_id, factor,
        credits_per_second, duration_ms, amount, given_back, created_at, closed_at)
      select 'task_' || lpad(i::text, 20, '0'), 1, 'many:live',
        case when i % 100 > 0 then 'settled' else 'refunded' end, 2, '2', 16, 1000, 16,
        case when i % 100 > 0 then null else 16 end, now(), now() - i * interval '1 second'
      from generate_series(1, 20000) i`.execute(trx)
    await sql`insert into billing.entry (account_id, seq, kind, delta, balance_before, balance_after,
        task_id, generation, reason, actor)
      select 'many:live', i, 'refund', 16, 0, 16, 'task_' || lpad(i::text, 20, '0'), 1, 'r', 'a'
      from generate_series(1, 20000) i`.execute(trx)
  })
  await sql`analyze billing.charge, billing.entry`.execute(many.admin)
  await using ctx = createContext({ ...many.config, db: { ...many.config.db, poolMax: 1 } })
  const scanned = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(ctx.db) // of the one connection that asks
    const { rows } = await sql`select relname, seq_scan from pg_stat_user_tables
      where schemaname = 'billing' and relname in ('charge', 'entry') order by 1`.execute(ctx.db)
    return rows
  }
  const before = await scanned()
  const asked = createActivities(ctx)
  const range = { fromMs: Date.now() - 3_600_000, toMs: Date.now() }
  const first = await asked.listSettledCharges({ limit: 10, ...range })
  const second = await asked.listSettledCharges({ limit: 10, after: first.next ?? '', ...range })
  expect([first.items.length, second.items.length]).toEqual([10, 10])
  const tasks = first.items.map(({ taskId }) => taskId)
  expect(await asked.readCharges(tasks)).toHaveLength(10)
  expect(await asked.findUnpaid(tasks)).toEqual([])
  await asked.listOpenCharges({ limit: 10, olderThanMs: 0 })
  await ctx.metrics.metrics()
  for (const task of tasks) await readTaskLines(ctx.db, task)
  await readAccount(ctx.db, 'many:live' as AccountId)
  expect(await scanned()).toEqual(before)
})

test('the database hangs: a scrape waits for a second, not for the database', async () => {
  await using many = await testBilling()
  const patient = { ...many.config.db, lockTimeoutMs: 10_000, statementTimeoutMs: 10_000 }
  await using ctx = createContext({ ...many.config, db: patient })
  const blocker = await many.admin.startTransaction().execute()
  await sql`lock table billing.pass`.execute(blocker)
  const startedAt = performance.now()
  const text = await ctx.metrics.metrics()
  const tookMs = performance.now() - startedAt
  await blocker.rollback().execute()
  expect(text).not.toContain('upscale_ledger_imbalance{')
  expect(tookMs).toBeLessThan(5_000)
  expect(await ctx.metrics.metrics()).toContain('upscale_ledger_imbalance{check="books"} 0\n')
})

test('the database is down: a scrape lacks these figures, and the process lives', async () => {
  const url = 'postgres://billing_app:x@127.0.0.1:9/none'
  await using ctx = createContext({ ...billing.config, db: { ...billing.config.db, url } })
  const text = await ctx.metrics.metrics()
  expect(text).toContain('upscale_billing_constraint_stops_total 0\n')
  expect(text).not.toContain('upscale_ledger_imbalance{')
  expect(text).not.toMatch(/^upscale_billing_(open_charge_age|reconciler_last_pass)_seconds /m)
})

describe('a hot account', () => {
  const order = (accountId: AccountId): DebitInput => ({
    taskId: newTaskId(),
    generation: 1,
    accountId,
    durationMs: 1000,
    factor: '1',
    orWaive: false,
  })
  const waiting = async () => {
    const name = 'upscale_billing_debits_waiting'
    return (await billing.metrics.getSingleMetricAsString(name)).split(' ').at(-1)
  }

  test('its calls take one connection, others go past; who waited too long is sent again', async () => {
    const [hot, quiet] = [await billing.account(1000n), await billing.account(1000n)]
    const blocker = await admin.startTransaction().execute()
    await sql`select 1 from billing.account where id = ${hot} for update`.execute(blocker)
    const orders = Array.from({ length: 30 }, () => order(hot))
    const burst = orders.map((input) => activities.debit(input).catch((error: unknown) => error))
    expect(await activities.debit(order(quiet))).toMatchObject({ creditsRemaining: 984 })
    expect(await waiting()).toBe('29')
    const { rows } = await sql<{ count: bigint }>`select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(admin)
    expect(rows).toEqual([{ count: 1n }])
    const answers = await Promise.all(burst) // a lock is waited for 1 s, two of these are a call's 2 s
    await blocker.rollback().execute()
    for (const answer of answers) expect(answer).toMatchObject({ key: 'ledger_unavailable' })
    expect(await waiting()).toBe('0')
    const failures = await billing.metrics.getSingleMetricAsString('upscale_billing_failures_total')
    expect(failures).toMatch(/call="debit",sqlstate="unsent"} 2[78]$/m)

    const again = await Promise.all(orders.map((input) => activities.debit(input)))
    expect(again.every(({ state }) => state === 'debited')).toBe(true)
    expect(await linesOf(db, orders[29]?.taskId ?? '')).toEqual(['debit -16'])
  })
})
