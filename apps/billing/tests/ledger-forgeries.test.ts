import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { AccountId, TaskId } from '@upscale/types'
import { debit, problemsIn, refund, settle } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const billing = await testBilling()
const { db, admin } = billing
const taskOf = {
  open: newTaskId(),
  settled: newTaskId(),
  refunded: newTaskId(),
  fresh: newTaskId(),
}
let account: AccountId

beforeAll(async () => {
  account = await billing.account(1000n)
  for (const task of [taskOf.open, taskOf.settled, taskOf.refunded])
    await debit(db, { account, task })
  await settle(db, taskOf.settled)
  await refund(db, { account, task: taskOf.refunded, keepPercent: 50 })
})
afterAll(async () => {
  await billing[Symbol.asyncDispose]()
})

/** As one transaction, so that what is checked at its end is checked too. */
const forge = (role: 'billing_owner' | 'billing_app', text: string) =>
  admin.transaction().execute(async (trx) => {
    await sql`set local role ${sql.id(role)}`.execute(trx)
    await sql.raw(text).execute(trx)
  })

const entry = (values: string, purpose: string | null = null) => `insert into billing.entry
  (account_id, seq, kind, delta, balance_before, balance_after, key, task_id, generation, reason, actor,
    purpose)
  values (${values}, ${purpose ? `'${purpose}'` : 'null'})`

const charge = (task: TaskId, generation: number, values: string) => `insert into billing.charge
  (task_id, generation, account_id, state, rate_id, factor, credits_per_second, duration_ms, amount)
  values ('${task}', ${generation}, ${values})`

const move = (delta: number) =>
  `update billing.account set balance = balance + ${delta}, seq = seq + 1 where id = '${account}';`

// The account stands at seq 5 and 640 credits: grant 1000, three debits of 144, refund of 72.
const asOwner: [string, string, () => string][] = [
  [
    'a balance alone',
    '23503',
    () => `update billing.account set balance = balance + 1 where id = '${account}'`,
  ],
  ['balance and seq without a line', '23503', () => move(1)],
  [
    'a new account with credits',
    '23514',
    () => `insert into billing.account (id, balance) values ('x:live', 5)`,
  ],
  [
    'an edited line',
    '23001',
    () => `update billing.entry set delta = 2000 where account_id = '${account}' and seq = 1`,
  ],
  [
    'a deleted line',
    '23001',
    () => `delete from billing.entry where account_id = '${account}' and seq = 5`,
  ],
  ['no lines at all', '23001', () => `truncate billing.entry cascade`],
  [
    'a stray line',
    '23001',
    () => entry(`'${account}', 9, 'grant', 5, 640, 645, 'k', null, null, 'r', 'a'`, 'pack'),
  ],
  [
    'a line whose sum is wrong',
    '23514',
    () =>
      move(5) + entry(`'${account}', 6, 'grant', 4, 640, 645, 'k', null, null, 'r', 'a'`, 'pack'),
  ],
  [
    'a line that skips the one before',
    '23503',
    () =>
      move(5) + entry(`'${account}', 6, 'grant', 6, 639, 645, 'k', null, null, 'r', 'a'`, 'pack'),
  ],
  [
    'a debit without its charge',
    '23503',
    () =>
      move(-16) +
      entry(`'${account}', 6, 'debit', -16, 640, 624, null, '${taskOf.fresh}', 1, 'r', 'a'`),
  ],
  [
    'a debit of another amount than its charge',
    '23503',
    () =>
      `${charge(taskOf.fresh, 1, `'${account}', 'debited', 1, '1', 16, 1000, 16`)};` +
      move(-8) +
      entry(`'${account}', 6, 'debit', -8, 640, 632, null, '${taskOf.fresh}', 1, 'r', 'a'`),
  ],
  [
    'a second debit of a charge',
    '23505',
    () =>
      move(-144) +
      entry(`'${account}', 6, 'debit', -144, 640, 496, null, '${taskOf.open}', 1, 'r', 'a'`),
  ],
  [
    'a refund of an open charge',
    '23503',
    () =>
      move(144) +
      entry(`'${account}', 6, 'refund', 144, 640, 784, null, '${taskOf.open}', 1, 'r', 'a'`),
  ],
  [
    'a second refund',
    '23505',
    () =>
      move(72) +
      entry(`'${account}', 6, 'refund', 72, 640, 712, null, '${taskOf.refunded}', 1, 'r', 'a'`),
  ],
  [
    'a refund beyond the debit',
    '23514',
    () =>
      `update billing.charge set state = 'refunded', given_back = 145, closed_at = now()
        where task_id = '${taskOf.open}'`,
  ],
  [
    'a refunded state without its line',
    '23503',
    () =>
      `update billing.charge set state = 'refunded', given_back = 144, closed_at = now()
        where task_id = '${taskOf.open}'`,
  ],
  [
    'a charge without its debit',
    '23503',
    () => charge(taskOf.fresh, 1, `'${account}', 'debited', 1, '1', 16, 1000, 16`),
  ],
  [
    'a first charge below its price',
    '23514',
    () => charge(taskOf.fresh, 1, `'${account}', 'debited', 1, '1', 16, 1000, 15`),
  ],
  [
    'a second live generation',
    '23505',
    () => charge(taskOf.open, 2, `'${account}', 'debited', 1, '2', 16, 8500, 144`),
  ],
  [
    'another price',
    '23001',
    () => `update billing.charge set amount = 100 where task_id = '${taskOf.open}'`,
  ],
  [
    'a settled charge opened again',
    '23001',
    () =>
      `update billing.charge set state = 'debited', closed_at = null where task_id = '${taskOf.settled}'`,
  ],
  [
    'a settled charge refunded',
    '23001',
    () =>
      `update billing.charge set state = 'refunded', given_back = 144 where task_id = '${taskOf.settled}'`,
  ],
  [
    'a charge moved to another account',
    '23001',
    () => `update billing.charge set account_id = 'x:live'`,
  ],
  [
    'a deleted charge',
    '23001',
    () => `delete from billing.charge where task_id = '${taskOf.settled}'`,
  ],
  ['an edited rate', '23001', () => `update billing.rate set credits_per_second = 1`],
  ['a deleted rate', '23001', () => `delete from billing.rate`],
  [
    'a grant without a key',
    '23514',
    () =>
      move(5) + entry(`'${account}', 6, 'grant', 5, 640, 645, null, null, null, 'r', 'a'`, 'pack'),
  ],
  [
    'a grant for nothing that there is',
    '23514',
    () =>
      move(5) + entry(`'${account}', 6, 'grant', 5, 640, 645, 'k', null, null, 'r', 'a'`, 'gift'),
  ],
  [
    'a grant without a purpose',
    '23514',
    () => move(5) + entry(`'${account}', 6, 'grant', 5, 640, 645, 'k', null, null, 'r', 'a'`),
  ],
  [
    'an adjustment that passes as a purchase',
    '23514',
    () =>
      move(5) + entry(`'${account}', 6, 'adjust', 5, 640, 645, 'k', null, null, 'r', 'a'`, 'pack'),
  ],
  [
    'a debit with a purpose',
    '23514',
    () =>
      `${charge(taskOf.fresh, 1, `'${account}', 'debited', 1, '1', 16, 1000, 16`)};` +
      move(-16) +
      entry(
        `'${account}', 6, 'debit', -16, 640, 624, null, '${taskOf.fresh}', 1, 'r', 'a'`,
        'goodwill',
      ),
  ],
  [
    'a purpose that was changed',
    '23001',
    () => `update billing.entry set purpose = 'goodwill' where account_id = '${account}'`,
  ],
  [
    'a negative balance',
    '23514',
    () => move(-641) + entry(`'${account}', 6, 'adjust', -641, 640, -1, 'k', null, null, 'r', 'a'`),
  ],
]

describe('as the owner of the tables', () => {
  test.each(asOwner)('%s is refused (%s)', async (_what, code, text) => {
    await expect(forge('billing_owner', text())).rejects.toMatchObject({ code })
    expect(await problemsIn(db)).toEqual([])
  })
})

const TABLES = [
  'account',
  'entry',
  'charge',
  'rate',
  'plan',
  'customer',
  'proof',
  'finding',
  'accepted',
  'pass',
  'migration',
]
const asApp: [string, () => string][] = [
  ...TABLES.flatMap((table): [string, () => string][] => [
    [`delete from ${table}`, () => `delete from billing.${table}`],
    [`insert into ${table}`, () => `insert into billing.${table} default values`],
  ]),
  ['update account', () => `update billing.account set balance = 7`],
  ['update finding', () => `update billing.finding set problem = 'x'`],
  ['update pass', () => `update billing.pass set ended_at = now()`],
  ['update charge', () => `update billing.charge set reason = 'x'`],
  ['truncate entry', () => `truncate billing.entry`],
  ['post', () => `select billing.post('${account}', 'grant', 5, 'k', null, null, 'r', 'a')`],
  ['post_once', () => `select billing.post_once('${account}', 'grant', 'k', 5, null, 'r', 'a')`],
  ['tell', () => `select billing.tell('${taskOf.open}', 1, true)`],
  ['choose_rate', () => `select billing.choose_rate('1', null)`],
  ['a trigger switched off', () => `alter table billing.entry disable trigger all`],
  ['triggers skipped', () => `set session_replication_role = replica`],
  ['a function replaced', () => `drop function billing.settle(text, int)`],
  ['the owner', () => `set local session authorization billing_owner`],
]

describe('as the app', () => {
  test.each(asApp)('%s is not allowed', async (_what, text) => {
    const call = db.transaction().execute((trx) => sql.raw(text()).execute(trx))
    await expect(call).rejects.toMatchObject({ code: '42501' })
  })

  test('it may write no table at all', async () => {
    const { rows } = await sql`
      select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = 'billing'::regnamespace and a.grantee = 'billing_app'::regrole
          and a.privilege_type <> 'SELECT'`.execute(admin)
    expect(rows).toEqual([])
  })

  test('it may read the books', async () => {
    const { rows } =
      await sql`select balance, seq from billing.account where id = ${account}`.execute(db)
    expect(rows).toEqual([{ balance: 640n, seq: 5n }])
  })

  test('its functions reach no object of a caller’s own', async () => {
    await db.transaction().execute(async (trx) => {
      await sql`create temp table account (id text, balance bigint, seq bigint)`.execute(trx)
      const row = await debit(trx, { account, task: newTaskId(), factor: '1', durationMs: 1000 })
      expect(row).toMatchObject({ state: 'debited', balance: 624n })
    })
  })
})

test('every other role has nothing, not even the schema', async () => {
  const { rows } = await sql<{ name: string; privilege: string }>`
    select coalesce(grantee::regrole::text, 'public') as name, privilege_type as privilege
    from pg_namespace, aclexplode(nspacl) where nspname = 'billing' and grantee <> nspowner
    order by 1`.execute(admin)
  expect(rows).toEqual([
    { name: 'billing_app', privilege: 'USAGE' },
    { name: 'billing_read', privilege: 'USAGE' },
  ])
  const publicFunctions = await sql`select proname from pg_proc, aclexplode(proacl)
    where pronamespace = 'billing'::regnamespace and grantee = 0`.execute(admin)
  expect(publicFunctions.rows).toEqual([])
})
