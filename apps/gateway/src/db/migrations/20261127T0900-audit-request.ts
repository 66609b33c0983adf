import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** Which request asked for what an operator did: the gateway's log knows it by this id. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
alter table gateway.operator_action
  add column request_id text check (request_id ~ '^req_[A-Za-z0-9]{1,64}$')`.execute(db)
}
