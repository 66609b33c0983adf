import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** Attempts of the rounds that are over, and the order in which orders that became no task are swept. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
alter table gateway.task add column attempts_before int not null default 0 check (attempts_before >= 0);
create index task_order_created on gateway.task_order (created_at);
`.execute(db)
}
