import { WorkflowNotFoundError } from '@temporalio/common'
import type { WorkerContext } from '../context.ts'
import { fewAtOnce } from '../few-at-once.ts'
import { repeat } from '../repeat.ts'
import { progressOf } from './progress-of.ts'
import { claimDueTasks } from './progress-store.ts'
import type { DueTask } from './progress-store.ts'

const ROUND_MS = 250 // a task that is due each second waits no longer than this for its turn
const MAX_PER_ROUND = 200
const MAX_AT_ONCE = 8
const DESCRIBE_DEADLINE_MS = 5_000

/** Brings the heartbeats of running jobs into their rows, round by round, until it is disposed. */
export const watchProgress = (ctx: WorkerContext): AsyncDisposable =>
  repeat(ROUND_MS, () => watchOnce(ctx), ctx.events.watchFailed)

/** One round: every task that is due, a few at a time. */
export async function watchOnce(ctx: WorkerContext): Promise<void> {
  const due = await claimDueTasks(ctx.db, MAX_PER_ROUND)
  await fewAtOnce(due, MAX_AT_ONCE, (task) =>
    refresh(ctx, task).catch((error: unknown) => ctx.events.watchFailed(error, task.taskId)),
  )
}

async function refresh(ctx: WorkerContext, task: DueTask): Promise<void> {
  const { client } = ctx.temporal
  try {
    const { raw } = await client.withDeadline(Date.now() + DESCRIBE_DEADLINE_MS, () =>
      client.workflow.getHandle(task.taskId).describe(),
    )
    const progress = progressOf(raw.pendingActivities ?? [], task.attemptsBefore)
    if (progress) await ctx.saveProgress(task, progress)
    else await ctx.tellPlace(task)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error // gone: the reconciler ends its row
  }
}
