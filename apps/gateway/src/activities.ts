import type { GatewayActivities, JobsActivities } from '@upscale/workflows/activities'
import type { WorkerContext } from './context.ts'
import { listDelivered, listOpenJobs, readJobs, readUndelivered } from './tasks/read-jobs.ts'
import { recordTask } from './tasks/record-task.ts'

export const createActivities = (ctx: WorkerContext) =>
  ({
    recordTask: (input) => recordTask(ctx, input),
    readJobs: (taskIds) => readJobs(ctx, taskIds),
    readUndelivered: (taskIds) => readUndelivered(ctx, taskIds),
    listOpenJobs: (page) => listOpenJobs(ctx, page),
    listDelivered: (page) => listDelivered(ctx, page),
  }) satisfies GatewayActivities & JobsActivities
