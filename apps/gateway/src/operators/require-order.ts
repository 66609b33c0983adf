import { AppError, isTaskId } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { findOrder } from '../orders/order-store.ts'
import { taskNotFound } from './find-job.ts'

/**
 * An adjustment may name a task that the ledger has lost: that there was one, and whose, is what its order
 * says. Throws TASK_NOT_FOUND.
 */
export async function requireOrder(
  { db }: Pick<GatewayContext, 'db'>,
  { accountId, taskId }: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (typeof taskId !== 'string' || !isTaskId(taskId)) return // none is named, or billing says what is wrong
  const order = await findOrder(db, taskId)
  if (!order) throw taskNotFound(taskId)
  if (order.accountId !== accountId) throw otherAccount(taskId, order.accountId)
}

const otherAccount = (taskId: string, accountId: string): AppError =>
  new AppError('TASK_NOT_FOUND', `Task ${taskId} is one of ${accountId}: adjust that account`, {
    param: 'taskId',
  })
