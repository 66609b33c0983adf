import type { GatewayContext } from '../context.ts'
import type { Task } from '../tasks/task.ts'
import { placeIn } from './event-store.ts'
import { endEvent } from './task-event.ts'
import type { TaskEvent } from './task-event.ts'

/** The events of a task behind a place, by their number, and whether nothing can follow. */
export async function listPast(
  ctx: Pick<GatewayContext, 'readPast' | 'viewOf'>,
  task: Pick<Task, 'taskId' | 'accountId' | 'livemode'>,
  after: number,
): Promise<{ items: TaskEvent[]; ended: boolean }> {
  const past = (await ctx.readPast([placeIn(task, after)])).get(task.taskId)
  if (!past) return { items: [], ended: false } // admitted, and not recorded yet
  const end = endEvent(past.task, () => ctx.viewOf(past.task))
  const items: TaskEvent[] = end && end.seq > after ? [...past.events, end] : past.events
  return { items, ended: end !== undefined }
}
