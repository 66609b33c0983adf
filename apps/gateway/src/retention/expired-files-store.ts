import { sql } from 'kysely'
import type { GatewayDb } from '../db/schema/index.ts'
import type { EndedTask } from '../tasks/deletion-store.ts'

/** Behind which row the list goes on: when it was due, and its id. */
export interface Place {
  at: string
  id: string
}

/**
 * Tasks whose files are due to be removed, oldest first. A task without a result waits three hours: an
 * attempt that was given up may still store what it made.
 */
export async function listDueResults(
  db: GatewayDb,
  after: Place,
  limit: number,
): Promise<(EndedTask & { dueAt: Date })[]> {
  const { rows } = await sql<EndedTask & { dueAt: Date }>`
    select task_id, output_key, coalesce(expires_at, completed_at) as due_at from gateway.task
    where completed_at is not null and removed_at is null
      and coalesce(expires_at, completed_at) < now()
      and (expires_at is not null or completed_at < now() - interval '3 hours')
      and (coalesce(expires_at, completed_at), task_id) > (${after.at}::timestamptz, ${after.id})
    order by coalesce(expires_at, completed_at), task_id
    limit ${limit}`.execute(db)
  return rows
}

/** Uploads past their time, oldest first; not those whose PUT may still be on its way. */
export async function listDueUploads(
  db: GatewayDb,
  after: Place,
  limit: number,
): Promise<{ objectKey: string; dueAt: Date }[]> {
  const { rows } = await sql<{ objectKey: string; dueAt: Date }>`
    select object_key, expires_at as due_at from gateway.upload
    where expires_at < now() - interval '20 minutes'
      and (expires_at, object_key) > (${after.at}::timestamptz, ${after.id})
    order by expires_at, object_key
    limit ${limit}`.execute(db)
  return rows
}

export async function deleteUploadRow(db: GatewayDb, objectKey: string): Promise<void> {
  await db.deleteFrom('gateway.upload').where('objectKey', '=', objectKey).execute()
}
