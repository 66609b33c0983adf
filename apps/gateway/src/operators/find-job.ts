import { AppError } from '@upscale/types'
import type { ChargeView, TaskId, TaskStatus } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { readRun } from '../tasks/job-run.ts'
import type { JobRun } from '../tasks/job-run.ts'
import { findOrder } from '../orders/order-store.ts'
import type { TaskOrder } from '../orders/order-store.ts'
import { askTemporal } from './ask-temporal.ts'

/** All that decides what an operator may do with a job. */
export interface Job {
  taskId: TaskId
  order: TaskOrder
  run: JobRun
  /** null: nothing is recorded. */
  status: TaskStatus | null
  parkedAt: Date | null
  /** By generation; not asked for while the job runs, so that it can be stopped while billing is away. */
  charges: ChargeView[]
}

/** The job behind a task. Throws TASK_NOT_FOUND. */
export async function findJob(ctx: GatewayContext, taskId: TaskId): Promise<Job> {
  const order = await findOrder(ctx.db, taskId)
  if (!order) throw taskNotFound(taskId)
  // The run before the row: what ends in between has written its row.
  const run = await askTemporal(ctx, () => readRun(ctx.temporal, taskId))
  const row = await ctx.db
    .selectFrom('gateway.task')
    .select(['status', 'parkedAt'])
    .where('taskId', '=', taskId)
    .executeTakeFirst()
  const books = run.state === 'running' ? undefined : await ctx.billing.readBooks(taskId)
  const { status = null, parkedAt = null } = row ?? {}
  return { taskId, order, run, status, parkedAt, charges: books?.charges ?? [] }
}

export const taskNotFound = (taskId: string): AppError =>
  new AppError(
    'TASK_NOT_FOUND',
    `There is no task ${taskId.slice(0, 60)}: it was never created, or it was refused and cost nothing`,
    { param: 'taskId' },
  )
