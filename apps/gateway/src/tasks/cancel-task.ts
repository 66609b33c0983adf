import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import { AppError } from '@upscale/types'
import type { CancelAnswer } from '@upscale/types'
import { cancelUpdate } from '@upscale/workflows/messages'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { placeIn } from '../task-events/event-store.ts'
import { tryAgain } from '../try-again.ts'
import { progressOf, runningStage } from './progress-of.ts'
import type { JobProgress, PendingActivity } from './progress-of.ts'
import { readTask } from './read-task.ts'
import { isPassing } from '../orders/start-failure.ts'
import { hasEnded } from './task-state.ts'
import { markCancelRequested } from './task-store.ts'
import type { Task } from './task.ts'
import { waitForEnd } from './wait-for-end.ts'

const DEADLINE_MS = 5_000
/** What stops at once, or at its next heartbeat, has its refund booked by then. */
const END_WITHIN_MS = 5_000

/**
 * Asks a job to stop, and gives the task as it is then: canceled where no upscaling is under way, else with
 * the time of the request. Throws TASK_NOT_CANCELABLE where the result is being made ready or it has ended.
 */
export async function cancelTask(
  ctx: GatewayContext,
  caller: Caller,
  id: string,
  gone: AbortSignal,
): Promise<Task> {
  const task = await readTask(ctx, caller, id)
  refuseEnded(task)
  if (task.status === 'canceled' || task.cancelRequestedAt) return task
  const activities = await askTemporal(() => readActivities(ctx, task))
  const stage = activities && runningStage(activities)
  if (stage === 'finalizing') throw notCancelable(stage)
  const isTaken = activities !== undefined && (await askTemporal(() => sendCancel(ctx, task)))
  if (isTaken) await markCancelRequested(ctx.db, task)
  const goesOn = isTaken && stage === 'upscaling' // it stops within seconds, nobody waits for that
  const progress = goesOn ? progressOf(activities, task.attemptsBefore) : undefined
  if (progress) await tellStage(ctx, task, progress)
  else await waitForEnd(ctx.taskEvents, placeIn(task, task.eventSeq), { ms: END_WITHIN_MS, gone })
  const after = await readTask(ctx, caller, id)
  return isTaken ? withRequest(withProgress(after, progress), ctx.now()) : endedBefore(after)
}

/** Unless the row shows it, or somebody told more meanwhile: of the attempt no stage is told twice. */
async function tellStage(ctx: GatewayContext, task: Task, progress: JobProgress): Promise<void> {
  if (task.status === 'processing' && task.stage === progress.stage) return
  await ctx.saveProgress(task, progress, task.eventSeq)
}

/** The activities of its run; undefined: it is over. */
const readActivities = (
  { temporal: { client } }: GatewayContext,
  { taskId }: Task,
): Promise<readonly PendingActivity[] | undefined> =>
  client.withDeadline(Date.now() + DEADLINE_MS, async () => {
    const { raw, closeTime } = await client.workflow.getHandle(taskId).describe()
    return closeTime ? undefined : (raw.pendingActivities ?? [])
  })

/** Sent twice it is one request: its id is fixed. */
const sendCancel = ({ temporal: { client } }: GatewayContext, { taskId }: Task): Promise<true> =>
  client.withDeadline(Date.now() + DEADLINE_MS, async () => {
    const handle = client.workflow.getHandle(taskId)
    await handle.executeUpdate<CancelAnswer, []>(cancelUpdate.name, { updateId: 'cancel' })
    return true as const
  })

/** Undefined: the run is over, or takes no cancel any more. */
async function askTemporal<Answer>(
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isTooLate(error)) return undefined
    const isAway = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isPassing(error)
    throw isAway ? tryAgain(error) : error
  }
}

const isTooLate = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  (error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'TASK_NOT_CANCELABLE')

/** Where no row could take what its attempt said, it must not show as waiting. */
const withProgress = (task: Task, progress: JobProgress | undefined): Task =>
  progress && task.status === 'pending'
    ? { ...task, ...progress, status: 'processing', queuePosition: null }
    : task

/** Where no row could take the time of the request, its end will show it. */
const withRequest = (task: Task, at: Date): Task =>
  task.cancelRequestedAt || hasEnded(task.status) ? task : { ...task, cancelRequestedAt: at }

/** The request came too late: its result is being booked, unless somebody else canceled it. */
function endedBefore(task: Task): Task {
  refuseEnded(task)
  if (task.status === 'canceled') return task
  throw notCancelable('finalizing')
}

function refuseEnded({ status }: Task): void {
  if (status === 'completed' || status === 'failed') throw notCancelable(status)
}

const notCancelable = (state: string): AppError =>
  new AppError('TASK_NOT_CANCELABLE', `Task is already ${state}`)
