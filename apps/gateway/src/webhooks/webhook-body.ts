import type { FindTask } from '../tasks/find-task.ts'
import { taskView } from '../tasks/task-view.ts'
import type { TaskView } from '../tasks/task-view.ts'
import type { Task } from '../tasks/task.ts'
import type { Delivery } from './delivery-store.ts'
import { sampleTask } from './sample-task.ts'

interface BodyContext {
  findTask: FindTask
  publicUrl: string
  now: () => Date
}

const MAX_BYTES = 20_000 // receivers may refuse longer bodies

/**
 * The bytes that a delivery sends, from the task as it stands; undefined where there is none to tell of, or
 * an operator has run it again meanwhile.
 */
export async function webhookBody(
  ctx: BodyContext,
  delivery: Delivery,
): Promise<string | undefined> {
  const { type, taskId, createdAt } = delivery
  const task = taskId === null ? sampleTask(delivery) : await recordedTask(ctx, delivery)
  if (!task || type !== `task.${task.status}`) return undefined
  const envelope = {
    type,
    timestamp: (task.completedAt ?? createdAt).toISOString(),
    ...(taskId === null && { test: true }),
  }
  return fittingText(envelope, taskView(task, { publicUrl: ctx.publicUrl, now: ctx.now() }))
}

/** Texts of 500 characters may have four times as many bytes: the longest ones are left out, one by one. */
function fittingText(envelope: object, task: TaskView): string {
  const longestFirst = Object.entries(task.metadata)
    .sort(([, a], [, b]) => Buffer.byteLength(b) - Buffer.byteLength(a))
    .map(([key]) => key)
  for (let leftOut = 0; ; leftOut += 1) {
    const gone = new Set(longestFirst.slice(0, leftOut))
    const kept = Object.entries(task.metadata).filter(([key]) => !gone.has(key))
    const data = { ...task, metadata: Object.fromEntries(kept) }
    const text = JSON.stringify({ ...envelope, data })
    if (Buffer.byteLength(text) <= MAX_BYTES || kept.length === 0) return text
  }
}

async function recordedTask(ctx: BodyContext, delivery: Delivery): Promise<Task | undefined> {
  const found = delivery.taskId && (await ctx.findTask(delivery, delivery.taskId))
  return found && found.isRecorded ? found.task : undefined
}
