import { sql } from 'kysely'
import type { Db } from './open-db.ts'

/** Throws where the database does not answer. */
export async function pingDatabase<Tables>(db: Db<Tables>): Promise<void> {
  await sql`select 1`.execute(db)
}
