import { sql } from 'kysely'
import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { Finding } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'

const PROVE_LIMIT_MS = 25_000 // ends before its activity attempt does
const AUDIT_LIMIT_MS = 180_000 // for each of its three looks at everything, once a night
const FINDINGS_MAX = 20 // of a query: the audit's three together stay below the 10 kB of a payload

/** Balances against lines, of the accounts with new lines since their last proof. */
export const findUnproved = (db: BillingDb): Promise<Finding[]> =>
  slowly(db, PROVE_LIMIT_MS, (trx) =>
    findings(
      trx,
      'books',
      sql`select account_id as subject, problem, count(*) over () as found from billing.prove()`,
    ),
  )

/** Every account, every task, and the sum of all postings. */
export const findInAudit = (db: BillingDb): Promise<Finding[]> =>
  slowly(db, AUDIT_LIMIT_MS, async (trx) => [
    ...(await findings(trx, 'audit', ACCOUNTS)),
    ...(await findings(trx, 'audit', TASKS)),
    ...(await findings(trx, 'audit', POSTINGS)),
  ])

const ACCOUNTS = sql`
  select id as subject, count(*) over () as found,
    format('balance %s after %s lines, the lines say %s', balance, seq, entry_sum) as problem
  from billing.audit_account where not ok order by id`

const TASKS = sql`
  select task_id as subject, count(*) over () as found,
    format('paid %s, its charges kept %s of a price of %s, and %s of them are live',
      paid, kept, coalesce(price, 0), live) as problem
  from billing.audit_task where not ok order by task_id`

const POSTINGS = sql`
  select 'all postings' as subject, 1::bigint as found,
    format('both sides of all lines sum up to %s instead of 0', sum(amount)) as problem
  from billing.posting having sum(amount) <> 0`

interface Row {
  subject: string
  problem: string
  /** How many there are in all. */
  found: bigint
}

async function findings<Tables>(
  trx: Transaction<Tables>,
  check: Finding['check'],
  query: RawBuilder<unknown>,
): Promise<Finding[]> {
  const limited = sql<Row>`select * from (${query}) q limit ${FINDINGS_MAX}`
  const { rows } = await limited.execute(trx)
  const more = Number(rows[0]?.found ?? 0n) - rows.length
  const shown = rows.map(({ subject, problem }): Finding => ({ check, subject, problem }))
  if (more === 0) return shown
  return [...shown, { check, subject: `and ${more} more`, problem: 'not listed one by one' }]
}

/** With a statement timeout of its own: the pool's is made for calls that a customer waits for. */
const slowly = <Tables, Answer>(
  db: Kysely<Tables>,
  limitMs: number,
  work: (trx: Transaction<Tables>) => Promise<Answer>,
): Promise<Answer> =>
  db.transaction().execute(async (trx) => {
    await sql`select set_config('statement_timeout', ${String(limitMs)}, true)`.execute(trx)
    return work(trx)
  })
