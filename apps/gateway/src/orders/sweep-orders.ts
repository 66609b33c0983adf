import type { WorkerContext } from '../context.ts'
import { repeat } from '../repeat.ts'
import { readRun } from '../tasks/job-run.ts'
import { deleteOldOrder, listUnusedOrders } from './order-store.ts'

const EVERY_MS = 600_000
const MAX_PER_ROUND = 100

/** Removes, round by round until it is disposed, the orders that abandoned starts left behind. */
export const sweepOrders = (ctx: WorkerContext): AsyncDisposable =>
  repeat(EVERY_MS, () => sweepOnce(ctx), ctx.events.sweepFailed)

/** One round: an order without a task goes when its workflow can make none any more. */
export async function sweepOnce(ctx: WorkerContext): Promise<void> {
  let count = 0
  for (const taskId of await listUnusedOrders(ctx.db, MAX_PER_ROUND)) {
    if ((await readRun(ctx.temporal, taskId)).state === 'running') continue
    await deleteOldOrder(ctx.db, taskId)
    count += 1
  }
  if (count > 0) ctx.events.ordersSwept(count)
}
