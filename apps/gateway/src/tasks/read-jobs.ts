import type { TaskId } from '@upscale/types'
import type { JobState, Page, Paged, TimeRange } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import { fewAtOnce } from '../few-at-once.ts'
import { readRun } from './job-run.ts'
import type { JobRun } from './job-run.ts'
import { listDeliveredTasks, listOpenRows, readJobRows } from './job-store.ts'
import type { JobRow } from './job-store.ts'

const MAX_AT_ONCE = 8

/** What Temporal and the read model say of each of these jobs, in their order. */
export const readJobs = async (ctx: WorkerContext, taskIds: TaskId[]): Promise<JobState[]> =>
  await withRuns(ctx, await readJobRows(ctx.db, taskIds))

/** The same of those whose row shows neither a delivery nor a customer's cancel. */
export async function readUndelivered(ctx: WorkerContext, taskIds: TaskId[]): Promise<JobState[]> {
  const rows = await readJobRows(ctx.db, taskIds)
  const isOpen = ({ status }: JobRow) => status !== 'completed' && status !== 'canceled'
  return await withRuns(ctx, rows.filter(isOpen))
}

/** Jobs whose row has not ended and is older than `olderThanMs`, oldest first. */
export async function listOpenJobs(
  ctx: WorkerContext,
  page: Page & { olderThanMs: number },
): Promise<Paged<JobState>> {
  const { items, next } = await listOpenRows(ctx.db, page)
  return { items: await withRuns(ctx, items), next }
}

/** Tasks that were delivered in the time range, oldest delivery first. */
export const listDelivered = (ctx: WorkerContext, page: Page & TimeRange): Promise<Paged<TaskId>> =>
  listDeliveredTasks(ctx.db, page)

const withRuns = (ctx: WorkerContext, rows: JobRow[]): Promise<JobState[]> =>
  fewAtOnce(rows, MAX_AT_ONCE, async (row) => ({
    ...row,
    run: runStateOf(await readRun(ctx.temporal, row.taskId)),
  }))

function runStateOf(run: JobRun): JobState['run'] {
  if (run.state !== 'closed') return { state: run.state }
  return { state: 'closed', closedAtMs: run.closedAtMs }
}
