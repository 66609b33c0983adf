import type { Request, Response } from 'express'
import type { GatewayContext } from '../context.ts'
import { clientGone } from '../http/client-gone.ts'
import { callerOf } from '../http/operation.ts'
import { waitSecondsIn } from '../http/prefer-wait.ts'
import { FROM_START, placeIn } from '../task-events/event-store.ts'
import type { CreatedTask } from '../orders/created-task-view.ts'
import { readTask } from './read-task.ts'
import { hasEnded } from './task-state.ts'
import type { TaskView } from './task-view.ts'
import type { Task } from './task.ts'
import { waitForEnd } from './wait-for-end.ts'

/** A task as it is; with `Prefer: wait=N` as it is at its end, or after N seconds. */
export async function answerInTime(
  ctx: GatewayContext,
  req: Request,
  res: Response,
  task: Task,
): Promise<TaskView> {
  const seconds = preferredWait(req, res)
  if (seconds === undefined || hasEnded(task.status)) return ctx.viewOf(task)
  return await viewAfter(ctx, req, res, { task, after: task.eventSeq, seconds })
}

/** The same of a task that was just made; undefined: nobody asked to wait. */
export async function createdInTime(
  ctx: GatewayContext,
  req: Request,
  res: Response,
  task: CreatedTask,
): Promise<TaskView | undefined> {
  const seconds = preferredWait(req, res)
  if (seconds === undefined) return undefined
  return await viewAfter(ctx, req, res, { task, after: FROM_START, seconds })
}

function preferredWait(req: Request, res: Response): number | undefined {
  const seconds = waitSecondsIn(req.headers['prefer'])
  if (seconds !== undefined) res.setHeader('Preference-Applied', `wait=${seconds}`)
  return seconds
}

interface Wait {
  task: Pick<Task, 'taskId' | 'accountId' | 'livemode'>
  after: number
  seconds: number
}

async function viewAfter(
  ctx: GatewayContext,
  req: Request,
  res: Response,
  { task, after, seconds }: Wait,
): Promise<TaskView> {
  const limits = { ms: seconds * 1000, gone: clientGone(res) }
  const ended = await waitForEnd(ctx.taskEvents, placeIn(task, after), limits)
  return ended ?? ctx.viewOf(await readTask(ctx, callerOf(req), task.taskId))
}
