import type { GatewayActivities } from '@upscale/workflows/activities'
import type { WorkerContext } from './context.ts'
import { recordTask } from './tasks/record-task.ts'

export const createActivities = (ctx: WorkerContext) =>
  ({
    recordTask: (input) => recordTask(ctx, input),
  }) satisfies GatewayActivities
