import type { TaskId } from '@upscale/types'
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { GatewayDb } from '../db/schema/index.ts'
import type { TaskOrderTable } from '../db/schema/task-order.ts'

/** What a customer asked for. */
export type TaskOrder = Selectable<TaskOrderTable>

type Options = 'maxCredits' | 'quoteId' | 'webhookUrl' | 'webhookEvents'
export type NewTaskOrder = Omit<TaskOrder, Options> & Partial<Pick<TaskOrder, Options>>

export async function insertOrder(db: GatewayDb, order: NewTaskOrder): Promise<void> {
  const metadata = JSON.stringify(order.metadata)
  await db
    .insertInto('gateway.taskOrder')
    .values({ ...order, metadata })
    .execute()
}

/** The order of a task, whoever it belongs to. */
export const findOrder = (db: GatewayDb, taskId: TaskId): Promise<TaskOrder | undefined> =>
  db.selectFrom('gateway.taskOrder').selectAll().where('taskId', '=', taskId).executeTakeFirst()

/** Removes the order of a job that was refused. */
export async function deleteOrder(db: GatewayDb, taskId: TaskId): Promise<void> {
  await db.deleteFrom('gateway.taskOrder').where('taskId', '=', taskId).execute()
}

/**
 * Orders older than an hour that never became a task, oldest first. Those of the last week alone: each is
 * looked at hundreds of times by then, and the query need not pass every order there ever was.
 */
export async function listUnusedOrders(db: GatewayDb, limit: number): Promise<TaskId[]> {
  const { rows } = await sql<{ taskId: TaskId }>`
    select task_id from gateway.task_order o
    where created_at < now() - interval '1 hour' and created_at > now() - interval '7 days'
      and not exists (select from gateway.task t where t.task_id = o.task_id)
    order by created_at
    limit ${limit}`.execute(db)
  return rows.map(({ taskId }) => taskId)
}

/** Removes an order, unless it became a task after all. */
export async function deleteUnusedOrder(db: GatewayDb, taskId: TaskId): Promise<void> {
  await sql`
    delete from gateway.task_order o
    where task_id = ${taskId}
      and not exists (select from gateway.task t where t.task_id = o.task_id)`.execute(db)
}
