import type { TaskId } from '@upscale/types'
import type { Selectable } from 'kysely'
import type { GatewayDb } from '../db/schema/index.ts'
import type { TaskOrderTable } from '../db/schema/task-order.ts'

/** What a customer asked for. */
export type TaskOrder = Selectable<TaskOrderTable>

export async function insertOrder(db: GatewayDb, order: TaskOrder): Promise<void> {
  const metadata = JSON.stringify(order.metadata)
  await db
    .insertInto('gateway.taskOrder')
    .values({ ...order, metadata })
    .execute()
}

/** Removes the order of a job that was refused. */
export async function deleteOrder(db: GatewayDb, taskId: TaskId): Promise<void> {
  await db.deleteFrom('gateway.taskOrder').where('taskId', '=', taskId).execute()
}
