import type { GatewayContext } from '../context.ts'
import type { CreateRequest } from './create-request.ts'
import { deleteUnattachedOrder, deleteUnusedOrder, markAbandoned } from './order-store.ts'
import type { PlacedOrder } from './place-order.ts'

const CANCEL_DEADLINE_MS = 3_000

type Parts = Pick<GatewayContext, 'db' | 'events' | 'temporal'>

/** The job was refused: its order goes, and with it its key and its place in the daily quota. */
export const dropOrder = (ctx: Parts, request: CreateRequest, placed: PlacedOrder) =>
  drop(ctx, request, placed, deleteUnusedOrder)

/** The same before it was started; not where another request with its key is about to start it. */
export const dropUnstarted = (ctx: Parts, request: CreateRequest, placed: PlacedOrder) =>
  drop(ctx, request, placed, deleteUnattachedOrder)

async function drop(
  ctx: Parts,
  request: CreateRequest,
  { task: { taskId }, usedToday }: PlacedOrder,
  remove: typeof deleteUnusedOrder,
): Promise<void> {
  try {
    const isGone = await remove(ctx.db, taskId)
    if (isGone && usedToday !== null) request.showGivenBack()
  } catch (error) {
    ctx.events.orderLeft(taskId, error) // harmless: its workflow says that there is no task
  }
}

/** Nobody can come back for this job: a cancel ends it and gives back what it took. */
export async function abandonOrder(ctx: Parts, request: CreateRequest, placed: PlacedOrder) {
  const { taskId } = placed.task
  const { client } = ctx.temporal
  try {
    await client.withDeadline(Date.now() + CANCEL_DEADLINE_MS, () =>
      client.workflow.getHandle(taskId).cancel(),
    )
  } catch (error) {
    ctx.events.abandonFailed(taskId, error) // it may never have started
  }
  try {
    await markAbandoned(ctx.db, taskId)
    if (placed.usedToday !== null) request.showGivenBack()
  } catch (error) {
    ctx.events.orderLeft(taskId, error)
  }
}
