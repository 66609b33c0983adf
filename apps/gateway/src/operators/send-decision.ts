import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import { AppError } from '@upscale/types'
import type { Because, OperatorNote } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { askTemporal } from './ask-temporal.ts'
import type { Job } from './find-job.ts'
import { caseOf, refusalOf } from './job-case.ts'

/** Only a parked job waits for a decision. */
export function requireParked(job: Job): void {
  if (caseOf(job) === 'parked') return
  const says =
    job.status === 'completed'
      ? 'was delivered, and the run that goes on is not parked: cancel stops that run alone'
      : 'is running, not parked: cancel stops it and refunds'
  throw refusalOf(job, { running: ['not_parked', says] })
}

/** Sends `retry` or `refund`; the job itself refuses what somebody decided meanwhile. */
export async function sendDecision(
  ctx: GatewayContext,
  { taskId }: Job,
  update: { name: string },
  { actor, reason }: Because,
): Promise<void> {
  const handle = ctx.temporal.client.workflow.getHandle(taskId)
  try {
    const { runId, historyLength } = await askTemporal(ctx, () => handle.describe())
    const options = {
      args: [{ actor, reason }] satisfies [OperatorNote],
      // Two that are sent at once are one update; a later one finds the history longer.
      updateId: `${update.name}-${runId}-${historyLength}`,
    }
    await askTemporal(ctx, () => handle.executeUpdate<string, [OperatorNote]>(update.name, options))
  } catch (error) {
    if (!isTooLate(error)) throw error
    throw new AppError(
      'ACTION_REFUSED',
      `${taskId} is not parked any more: it was decided a moment ago`,
      { key: 'not_parked', param: 'taskId', cause: error },
    )
  }
}

const isTooLate = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  (error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    (error.cause.type === 'NOT_PARKED' || error.cause.type === 'AcceptedUpdateCompletedWorkflow'))
