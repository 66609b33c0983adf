import { sql } from 'kysely'
import type { GatewayDb } from './schema/index.ts'

/** Throws where the database does not answer. */
export async function pingDatabase(db: GatewayDb): Promise<void> {
  await sql`select 1`.execute(db)
}
