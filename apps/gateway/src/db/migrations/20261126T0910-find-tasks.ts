import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** How operators find a task: by the request that made it, and an account's newest first. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create index task_order_request on gateway.task_order (request_id);
create index task_order_account on gateway.task_order (account_id, created_at, task_id);
`.execute(db)
}
