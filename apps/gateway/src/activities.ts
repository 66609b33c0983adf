import { heartbeat, stoppable } from '@upscale/runtime/worker'
import type {
  GatewayActivities,
  JobsActivities,
  RetentionActivities,
  WebhookActivities,
} from '@upscale/workflows/activities'
import type { WorkerContext } from './context.ts'
import { removeExpiredPart } from './retention/remove-expired-part.ts'
import { listDelivered, listOpenJobs, readJobs, readUndelivered } from './tasks/read-jobs.ts'
import { recordTask } from './tasks/record-task.ts'
import { attemptDelivery } from './webhooks/attempt-delivery.ts'
import { giveUpDelivery } from './webhooks/delivery-store.ts'

export const createActivities = (ctx: WorkerContext) =>
  ({
    recordTask: (input) => recordTask(ctx, input),
    attemptDelivery: (input) => attemptDelivery(ctx, input),
    giveUpDelivery: (deliveryId) => giveUpDelivery(ctx.db, deliveryId),
    readJobs: (taskIds) => readJobs(ctx, taskIds),
    readUndelivered: (taskIds) => readUndelivered(ctx, taskIds),
    listOpenJobs: (page) => listOpenJobs(ctx, page),
    listDelivered: (page) => listDelivered(ctx, page),
    removeExpiredPart: (part) =>
      stoppable((signal) => removeExpiredPart(ctx, part, { signal, beat: heartbeat })),
  }) satisfies GatewayActivities & JobsActivities & RetentionActivities & WebhookActivities
