import { sql } from 'kysely'
import type { AccountId, AdjustRequest, GrantRequest } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'
import type { GrantRow } from './ledger-store.ts'
import { onlyRow } from './only-row.ts'

export async function callGrant(
  db: BillingDb,
  accountId: AccountId,
  { key, credits, purpose, reason, actor }: GrantRequest,
): Promise<GrantRow> {
  const { rows } = await sql<GrantRow>`
    select * from billing.grant_credits(${accountId}, ${key}, ${credits}, ${purpose}, ${reason},
      ${actor})`.execute(db)
  return onlyRow(rows)
}

export async function callAdjust(
  db: BillingDb,
  accountId: AccountId,
  { key, delta, taskId, reason, actor }: AdjustRequest,
): Promise<GrantRow> {
  const { rows } = await sql<GrantRow>`
    select * from billing.adjust(${accountId}, ${key}, ${delta}, ${taskId ?? null}, ${reason},
      ${actor})`.execute(db)
  return onlyRow(rows)
}

/** Lifts the balance of a test account to `target`, once per key, and gives it. */
export async function callRefill(
  db: BillingDb,
  accountId: AccountId,
  { key, target }: { key: string; target: bigint },
): Promise<bigint> {
  const { rows } = await sql<{ balance: bigint }>`
    select billing.refill(${accountId}, ${key}, ${target}) as balance`.execute(db)
  return onlyRow(rows).balance
}

/** The line that a key made. */
export const readKeyUse = (db: BillingDb, key: string) =>
  db
    .selectFrom('billing.entry')
    .where('key', '=', key)
    .select(['accountId', 'kind', 'delta', 'purpose', 'taskId', 'createdAt'])
    .executeTakeFirst()
