import { sql } from 'kysely'
import type { ExpiringPart } from '@upscale/workflows/activities'
import type { GatewayDb } from '../db/schema/index.ts'
import type { Batch } from './batch.ts'

const MOST = 1_000 // rows that one statement removes

/** Parts that are rows alone, with the condition under which one is over. */
const ROWS = {
  idempotency_keys: ['gateway.idempotency_key', `created_at < now() - interval '7 days'`],
  webhook_deliveries: ['gateway.webhook_delivery', `created_at < now() - interval '30 days'`],
  quotes: ['gateway.quote', `expires_at < now() - interval '1 day'`],
  rate_windows: ['gateway.rate_window', `window_start < now() - interval '1 day'`],
  open_streams: ['gateway.open_stream', `seen_at < now() - interval '1 hour'`],
} as const satisfies Partial<Record<ExpiringPart, readonly [table: string, over: string]>>

/** Removes rows that are over; those that somebody else removes at the moment are left to them. */
export async function removeRows(db: GatewayDb, part: keyof typeof ROWS): Promise<Batch> {
  const [table, over] = ROWS[part]
  const { numAffectedRows } = await sql`
    delete from ${sql.raw(table)} where ctid = any (array(
      select ctid from ${sql.raw(table)} where ${sql.raw(over)}
      limit ${MOST} for update skip locked))`.execute(db)
  return batchOf(numAffectedRows)
}

/**
 * Removes the events of tasks that ended a day ago. Begins with the old events, since of the tasks that
 * ended long ago hardly any has one left.
 */
export async function removeTaskEvents(db: GatewayDb): Promise<Batch> {
  const { numAffectedRows } = await sql`
    with old as materialized (
      select distinct task_id from gateway.task_event where at < now() - interval '24 hours'),
    ended as (
      select t.task_id from old join gateway.task t on t.task_id = old.task_id
      where t.completed_at < now() - interval '24 hours'
      limit ${MOST} for update of t skip locked)
    delete from gateway.task_event e using ended where e.task_id = ended.task_id`.execute(db)
  return batchOf(numAffectedRows)
}

function batchOf(rows = 0n): Batch {
  const removed = Number(rows)
  return { removed, kept: 0, next: removed < MOST ? undefined : 'more' }
}
