import { randomBytes } from 'node:crypto'
import { openPool, rolePassword } from '@upscale/db'
import type { Pool, PoolClient } from '@upscale/db'
import type { AccountId, TaskId } from '@upscale/types'
import { createContext } from '../src/context.ts'
import { APP_ROLE } from '../src/db/migrate.ts'
import { debit } from '../src/ledger/debit.ts'
import { billingDatabase, testConfig } from '../tests/test-billing.ts'

export const ACCOUNTS = Array.from({ length: 1_001 }, (_, i) => `bench_${i}:live`)
const CREDITS = 100_000_000
const PRICE = 144n // 8.5 s at 2x
const CONNECTIONS = 16

/** One debit of the price of 8.5 s at 2x. */
export type Debit = (account: string) => Promise<void>

/**
 * Three ways to debit in one database with as many connections each: ours; the same rows under the same
 * constraints, written over round trips in a transaction that locks the account; and the least that can be
 * called a ledger, two tables without any of them.
 */
export async function openBooks() {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await billingDatabase())
  const config = testConfig(database.url(APP_ROLE, rolePassword(database.adminUrl, APP_ROLE)))
  const ctx = parts.use(createContext({ ...config, db: { ...config.db, poolMax: CONNECTIONS } }))
  const pool = openPool({ url: database.adminUrl, poolMax: CONNECTIONS })
  parts.defer(() => pool.end())
  await pool.query(BARE)
  await pool.query(`insert into bare.account select unnest($1::text[]), ${CREDITS}`, [ACCOUNTS])
  await pool.query(
    `select billing.open_customer(split_part(id, ':', 1), 'pro_monthly') from unnest($1::text[]) id`,
    [ACCOUNTS],
  )
  await pool.query(
    `select billing.grant_credits(id, 'grant ' || id, ${CREDITS}, 'pack', 'bench', 'bench')
       from unnest($1::text[]) id`,
    [ACCOUNTS],
  )

  const ours: Debit = async (account) => {
    const input = {
      accountId: account as AccountId,
      taskId: newTask(),
      generation: 1,
      factor: '2',
      durationMs: 8_500,
      orWaive: false,
    } as const
    const { state } = await debit(ctx, input)
    if (state !== 'debited') throw new Error(`A debit was answered with ${state}`)
  }
  const roundTrips: Debit = (account) =>
    inTransaction(pool, (client) => takeByHand(client, account))
  const bare: Debit = (account) => inTransaction(pool, (client) => takeBare(client, account))
  const all = parts.move()
  return { ours, roundTrips, bare, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

async function inTransaction(
  pool: Pool,
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } finally {
    client.release()
  }
}

interface Locked {
  balance: bigint
  seq: bigint
}

async function takeByHand(client: PoolClient, account: string): Promise<void> {
  const task = newTask()
  await client.query({
    name: 'seen',
    text: 'select state from billing.charge where task_id = $1',
    values: [task],
  })
  const { rows } = await client.query<Locked>({
    name: 'lock',
    text: 'select balance, seq from billing.account where id = $1 for update',
    values: [account],
  })
  const [{ balance, seq } = { balance: 0n, seq: 0n }] = rows
  if (balance < PRICE) throw new Error('The credits are used up')
  await client.query({
    name: 'charge',
    text: `insert into billing.charge (task_id, generation, account_id, state, rate_id, factor,
        credits_per_second, duration_ms, amount)
      values ($1, 1, $2, 'debited', 2, '2', 16, 8500, $3)`,
    values: [task, account, PRICE],
  })
  await client.query({
    name: 'take',
    text: 'update billing.account set balance = balance - $2, seq = seq + 1 where id = $1',
    values: [account, PRICE],
  })
  await client.query({
    name: 'entry',
    text: `insert into billing.entry (account_id, seq, kind, delta, balance_before, balance_after,
        task_id, generation, reason, actor)
      values ($1, $2, 'debit', $3, $4, $5, $6, 1, 'upscale 2x, 9 s', 'workflow')`,
    values: [account, seq + 1n, -PRICE, balance, balance - PRICE, task],
  })
}

async function takeBare(client: PoolClient, account: string): Promise<void> {
  const { rows } = await client.query<Pick<Locked, 'balance'>>({
    name: 'lock_bare',
    text: 'select balance from bare.account where id = $1 for update',
    values: [account],
  })
  if ((rows[0]?.balance ?? 0n) < PRICE) throw new Error('The credits are used up')
  await client.query({
    name: 'entry_bare',
    text: 'insert into bare.entry (account, task, amount) values ($1, $2, $3)',
    values: [account, newTask(), -PRICE],
  })
  await client.query({
    name: 'take_bare',
    text: 'update bare.account set balance = balance - $2 where id = $1',
    values: [account, PRICE],
  })
}

const newTask = () => `task_${randomBytes(12).toString('hex')}` as TaskId

const BARE = `
create schema bare;
create table bare.account (id text primary key, balance bigint not null check (balance >= 0));
create table bare.entry (
  id bigint generated always as identity primary key, account text not null references bare.account,
  task text not null unique, amount bigint not null, created_at timestamptz not null default now());
create index on bare.entry (account, id);`
