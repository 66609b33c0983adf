import { sql } from 'kysely'
import type { BillingDb } from '../../src/db/schema/index.ts'
import { problemsIn } from '../../tests/ledger-calls.ts'
import type { ChargeFact } from './charge-states.ts'

/** A row of `billing.charge`, with the balance after its newest entry. */
export interface ChargeInBooks extends Omit<ChargeFact, 'replay' | 'creditsPerSecond'> {
  taskId: string
  generation: number
  accountId: string
}

export interface EntryInBooks {
  accountId: string
  kind: string
  delta: bigint
  key: string | null
  taskId: string | null
  generation: number | null
}

/** Everything that the ledger has written about these accounts, and what its own audits say. */
export interface Books {
  balances: Map<string, bigint>
  charges: ChargeInBooks[]
  entries: EntryInBooks[]
  problems: unknown[]
}

export async function readBooks(admin: BillingDb, accounts: readonly string[]): Promise<Books> {
  const ids = sql`array[${sql.join([...accounts])}]::text[]`
  const balances = await sql<{ id: string; balance: bigint }>`
    select id, balance from billing.account where id = any(${ids})`.execute(admin)
  const charges = await sql<ChargeInBooks>`
    select c.task_id, c.generation, c.account_id, c.state, c.amount, c.given_back,
      coalesce(c.balance_seen, (select balance_after from billing.entry e
        where e.task_id = c.task_id and e.generation = c.generation order by seq desc limit 1)) as balance
    from billing.charge c where c.account_id = any(${ids})`.execute(admin)
  const entries = await sql<EntryInBooks>`
    select account_id, kind, delta, key, task_id, generation
    from billing.entry where account_id = any(${ids})`.execute(admin)
  return {
    balances: new Map(balances.rows.map(({ id, balance }) => [id, balance])),
    charges: charges.rows,
    entries: entries.rows,
    problems: await problemsIn(admin),
  }
}
