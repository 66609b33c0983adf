import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { BillingDb } from '../src/db/schema/index.ts'
import type { ChargeRow as FullRow, GrantRow } from '../src/ledger/ledger-store.ts'

/** The ledger's SQL functions with all of their arguments, for tests. */

export interface DebitCall {
  account: string
  task: string
  generation?: number
  factor?: string
  durationMs?: number
  /** How long ago it was quoted, ms. */
  quotedAgo?: number | null
  maxCredits?: number | null
  orWaive?: boolean
}

/** What a call says of the money; the id of its line depends on what stands before it. */
export type ChargeRow = Omit<FullRow, 'debitId'>
const MONEY = sql.raw('state, replay, amount, given_back, balance, credits_per_second')

/** Without more said: 8.5 s at 2x, which is 144 credits. */
export const debit = (db: BillingDb, call: DebitCall): Promise<ChargeRow> => {
  const { account, task, generation = 1, factor = '2', durationMs = 8500 } = call
  const { quotedAgo = null, maxCredits = null, orWaive = false } = call
  return row(
    db,
    sql<ChargeRow>`select ${MONEY} from billing.debit(${account}, ${task}, ${generation}, ${factor},
      ${durationMs}, now() - ${quotedAgo}::int8 * interval '1 ms', ${maxCredits}, ${orWaive})`,
  )
}

export interface RefundCall {
  account: string
  task: string
  generation?: number
  keepPercent?: number | null
}

export const refund = (
  db: BillingDb,
  { account, task, generation = 1, keepPercent = 0 }: RefundCall,
): Promise<ChargeRow> =>
  row(
    db,
    sql<ChargeRow>`select ${MONEY} from billing.refund(${account}, ${task}, ${generation}, ${keepPercent},
      'test', 'test')`,
  )

export const settle = (db: BillingDb, task: string, generation = 1): Promise<ChargeRow> =>
  row(db, sql<ChargeRow>`select ${MONEY} from billing.settle(${task}, ${generation})`)

export const reverse = (db: BillingDb, task: string, generation = 1): Promise<ChargeRow> =>
  row(
    db,
    sql<ChargeRow>`select ${MONEY} from billing.reverse(${task}, ${generation}, 'test', 'test')`,
  )

export interface PostCall {
  account: string
  key?: string
  amount: bigint
}

export const grant = (
  db: BillingDb,
  { account, key = randomUUID(), amount, purpose = 'pack' }: PostCall & { purpose?: string | null },
) =>
  row(
    db,
    sql<GrantRow>`select * from billing.grant_credits(${account}, ${key}, ${amount}, ${purpose}, 'test', 'test')`,
  )

export const adjust = (
  db: BillingDb,
  { account, key = randomUUID(), amount, task = null }: PostCall & { task?: string | null },
) =>
  row(
    db,
    sql<GrantRow>`select * from billing.adjust(${account}, ${key}, ${amount}, ${task}, 'test', 'test')`,
  )

export const refill = async (db: BillingDb, account: string, key: string): Promise<bigint> => {
  const query = sql<{
    balance: bigint
  }>`select billing.refill(${account}, ${key}, 100000) as balance`
  return (await row(db, query)).balance
}

export async function balanceOf(db: BillingDb, account: string): Promise<bigint> {
  const query = sql<{ balance: bigint }>`select balance from billing.account where id = ${account}`
  return (await row(db, query)).balance
}

/** `kind delta` of each line that names the task, oldest first. */
export async function linesOf(db: BillingDb, task: string): Promise<string[]> {
  const { rows } = await sql<{ kind: string; delta: bigint }>`select kind, delta from billing.entry
    where task_id = ${task} order by seq`.execute(db)
  return rows.map(({ kind, delta }) => `${kind} ${delta}`)
}

/** Whatever an auditor would find wrong in the whole database. */
export async function problemsIn(db: BillingDb): Promise<unknown[]> {
  const found = await Promise.all([
    sql`select * from billing.audit_account where not ok`.execute(db),
    sql`select * from billing.audit_task where not ok`.execute(db),
    sql`select * from billing.prove()`.execute(db),
    sql`select sum(amount) from billing.posting having sum(amount) <> 0`.execute(db),
  ])
  return found.flatMap(({ rows }) => rows)
}

async function row<Row>(db: BillingDb, query: RawBuilder<Row>): Promise<Row> {
  const [first] = (await query.execute(db)).rows
  if (!first) throw new Error('no row')
  return first
}
