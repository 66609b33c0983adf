import { randomBytes } from 'node:crypto'
import { openPool, rolePassword } from '@upscale/db'
import type { AccountId, TaskId } from '@upscale/types'
import { createContext } from '../src/context.ts'
import { APP_ROLE } from '../src/db/migrate.ts'
import { debit } from '../src/ledger/debit.ts'
import { billingDatabase, testConfig } from '../tests/test-billing.ts'

export const ACCOUNTS = Array.from({ length: 1_001 }, (_, i) => `bench_${i}:live`)
const CREDITS = 100_000_000
const PRICE = 144 // 8.5 s at 2x
const CONNECTIONS = 16

/** One debit of the price of 8.5 s at 2x. */
export type Debit = (account: string) => Promise<void>

/** Our ledger, and a plain one as most people write it, in one database with as many connections each. */
export async function openBooks() {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await billingDatabase())
  const config = testConfig(database.url(APP_ROLE, rolePassword(database.adminUrl, APP_ROLE)))
  const ctx = parts.use(createContext({ ...config, db: { ...config.db, poolMax: CONNECTIONS } }))
  const pool = openPool({ url: database.adminUrl, poolMax: CONNECTIONS })
  parts.defer(() => pool.end())
  await pool.query(PLAIN)
  await pool.query(`insert into plain.account select unnest($1::text[]), ${CREDITS}`, [ACCOUNTS])
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
  const plain: Debit = async (account) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rows } = await client.query<{ balance: bigint }>({
        name: 'lock',
        text: 'select balance from plain.account where id = $1 for update',
        values: [account],
      })
      if ((rows[0]?.balance ?? 0n) < BigInt(PRICE)) throw new Error('The credits are used up')
      await client.query({
        name: 'entry',
        text: 'insert into plain.entry (account, task, amount) values ($1, $2, $3)',
        values: [account, newTask(), -PRICE],
      })
      await client.query({
        name: 'take',
        text: 'update plain.account set balance = balance - $2 where id = $1',
        values: [account, PRICE],
      })
      await client.query('commit')
    } finally {
      client.release()
    }
  }
  const all = parts.move()
  return { ours, plain, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

const newTask = () => `task_${randomBytes(12).toString('hex')}` as TaskId

const PLAIN = `
create schema plain;
create table plain.account (id text primary key, balance bigint not null check (balance >= 0));
create table plain.entry (
  id bigint generated always as identity primary key, account text not null references plain.account,
  task text not null unique, amount bigint not null, created_at timestamptz not null default now());
create index on plain.entry (account, id);`
