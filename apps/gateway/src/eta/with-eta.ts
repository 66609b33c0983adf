import type { GatewayContext } from '../context.ts'
import { hasEnded } from '../tasks/task-state.ts'
import type { Task } from '../tasks/task.ts'

/**
 * The task with an estimate from the queue where its attempt gives none of its own: it waits, or is on its
 * way there. A task that waits for an operator has none.
 */
export async function withEta(ctx: Pick<GatewayContext, 'eta'>, task: Task): Promise<Task> {
  const { media, parkedAt, status, upscaleFactor: factor } = task
  if (task.etaSeconds !== null || hasEnded(status) || parkedAt || !media) return task
  const isRunning = status === 'processing'
  return { ...task, etaSeconds: await ctx.eta({ ...task, factor, media, isRunning }) }
}
