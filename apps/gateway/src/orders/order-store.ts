import type { TaskId } from '@upscale/types'
import { sql } from 'kysely'
import type { RawBuilder, Selectable } from 'kysely'
import type { GatewayDb } from '../db/schema/index.ts'
import type { TaskOrderTable } from '../db/schema/task-order.ts'

/** What a customer asked for. */
export type TaskOrder = Selectable<TaskOrderTable>

/** The order of a task, whoever it belongs to. */
export const findOrder = (db: GatewayDb, taskId: TaskId): Promise<TaskOrder | undefined> =>
  db.selectFrom('gateway.taskOrder').selectAll().where('taskId', '=', taskId).executeTakeFirst()

/** The start failed, and nobody can come back for it: the order counts no more. */
export async function markAbandoned(db: GatewayDb, taskId: TaskId): Promise<void> {
  await sql`update gateway.task_order set abandoned_at = now() where task_id = ${taskId}`.execute(
    db,
  )
}

const isUnused = sql`not exists (select from gateway.task t where t.task_id = o.task_id)`
// Who comes back with the key of an order is about to start its job.
const isOld = sql`o.created_at < now() - interval '1 hour'
  and coalesce(o.attached_at < now() - interval '1 hour', true)`

/**
 * Orders older than an hour that never became a task, oldest first. Those of the last week alone: each is
 * looked at hundreds of times by then, and the query need not pass every order there ever was.
 */
export async function listUnusedOrders(db: GatewayDb, limit: number): Promise<TaskId[]> {
  const { rows } = await sql<{ taskId: TaskId }>`
    select task_id from gateway.task_order o
    where ${isOld} and created_at > now() - interval '7 days' and ${isUnused}
    order by created_at
    limit ${limit}`.execute(db)
  return rows.map(({ taskId }) => taskId)
}

/** Removes an order and its key, unless it became a task after all. False: there is nothing to remove. */
export const deleteUnusedOrder = (db: GatewayDb, taskId: TaskId): Promise<boolean> =>
  deleteOrder(db, taskId, isUnused)

/** The same, unless a request with its key has attached to it. */
export const deleteUnattachedOrder = (db: GatewayDb, taskId: TaskId): Promise<boolean> =>
  deleteOrder(db, taskId, sql`attached_at is null and ${isUnused}`)

/** The same, unless somebody came back for it meanwhile. */
export const deleteOldOrder = (db: GatewayDb, taskId: TaskId): Promise<boolean> =>
  deleteOrder(db, taskId, sql`${isOld} and ${isUnused}`)

async function deleteOrder(
  db: GatewayDb,
  taskId: TaskId,
  condition: RawBuilder<unknown>,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from gateway.task_order o where task_id = ${taskId} and ${condition}`.execute(db)
  return numAffectedRows > 0n
}
