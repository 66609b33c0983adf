import { WorkflowUpdateFailedError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { AppError, isTaskId } from '@upscale/types'
import type { Admission, TaskId } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { withEta } from '../eta/with-eta.ts'
import { tryAgain } from '../try-again.ts'

import type { ShownOrder, Task } from './task.ts'
import { linesWith, stateAfter } from './task-state.ts'
import { markWatched } from './task-store.ts'

const ASK_DEADLINE_MS = 5_000

/** The caller's task with its estimate: its row, or what the workflow says while there is no row yet. */
export const readTask = async (ctx: GatewayContext, caller: Caller, id: string): Promise<Task> =>
  await withEta(ctx, await readRecorded(ctx, caller, id))

async function readRecorded(ctx: GatewayContext, caller: Caller, id: string): Promise<Task> {
  const found = isTaskId(id) ? await ctx.findTask(caller, id) : undefined
  if (!found) throw taskNotFound()
  if (!found.isRecorded) return await taskFromWorkflow(ctx, found.order, found.queuePosition)
  if (found.isWatchDue) {
    const { taskId } = found.task
    void markWatched(ctx.db, taskId).catch((error: unknown) =>
      ctx.events.watchFailed(error, taskId),
    ) // nobody waits for it
  }
  return found.task
}

/** The same for a missing task and for one of somebody else. */
const taskNotFound = (): AppError => new AppError('TASK_NOT_FOUND', 'Task not found')

async function taskFromWorkflow(
  ctx: GatewayContext,
  order: ShownOrder,
  queuePosition: number,
): Promise<Task> {
  const { taskId, createdAt } = order
  const admission = await askAdmission(ctx, taskId)
  if (!admission?.admitted) throw taskNotFound()
  const { media, ...price } = admission
  const change = {
    status: 'pending',
    stage: 'queued',
    media,
    price,
    at: createdAt.getTime(),
  } as const
  const transactions = linesWith([], price)
  const seen = { eventSeq: 0, cancelRequestedAt: null }
  return { ...order, ...stateAfter(undefined, change, 0), ...seen, transactions, queuePosition }
}

/** Undefined: there is no such run, or it ended before an admission. */
async function askAdmission(ctx: GatewayContext, taskId: TaskId): Promise<Admission | undefined> {
  const { client } = ctx.temporal
  const update = client.workflow.getHandle(taskId).getUpdateHandle<Admission>('admit')
  try {
    return await client.withDeadline(Date.now() + ASK_DEADLINE_MS, () => update.result())
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) {
      return undefined
    }
    throw tryAgain(error)
  }
}
