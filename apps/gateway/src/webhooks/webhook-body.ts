import type { FindTask } from '../tasks/task-store.ts'
import { taskView } from '../tasks/task-view.ts'
import type { Task } from '../tasks/task.ts'
import type { Delivery } from './delivery-store.ts'
import { sampleTask } from './sample-task.ts'

interface BodyContext {
  findTask: FindTask
  publicUrl: string
  now: () => Date
}

/** The bytes that a delivery sends, from the task as it stands; undefined where there is none to tell of. */
export async function webhookBody(
  ctx: BodyContext,
  delivery: Delivery,
): Promise<string | undefined> {
  const task = delivery.taskId === null ? sampleTask(delivery) : await recordedTask(ctx, delivery)
  if (!task) return undefined
  const data = taskView(task, { publicUrl: ctx.publicUrl, now: ctx.now() })
  return JSON.stringify({
    type: delivery.type,
    timestamp: delivery.createdAt.toISOString(),
    ...(delivery.taskId === null && { test: true }),
    data,
  })
}

async function recordedTask(ctx: BodyContext, delivery: Delivery): Promise<Task | undefined> {
  const found = delivery.taskId && (await ctx.findTask(delivery, delivery.taskId))
  return found && found.isRecorded ? found.task : undefined
}
