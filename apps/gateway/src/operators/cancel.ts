import { randomUUID } from 'node:crypto'
import { isGrpcServiceError } from '@temporalio/client'
import type { Because } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { askTemporal } from './ask-temporal.ts'
import { findJob } from './find-job.ts'
import type { Job } from './find-job.ts'
import type { JobActionSteps } from './job-action.ts'
import { refusalOf } from './job-case.ts'

/** Stops a job that runs or is parked: it ends as failed, and its credits go back. */
export const cancel: JobActionSteps = {
  plan(job) {
    requireRunning(job)
    return `${job.taskId} would ${endOf(job)}`
  },
  async act(ctx, job, because) {
    await requestCancel(ctx, job, because)
    return `The cancel is sent: within seconds ${job.taskId} will ${endOf(job)}`
  },
}

function requireRunning(job: Job): void {
  if (job.run.state !== 'running') throw refusalOf(job)
}

const endOf = ({ status }: Job): string =>
  status === 'completed'
    ? 'stop running; what was delivered stays delivered and charged'
    : 'end as failed, with all its credits given back'

const GONE: readonly number[] = [5] // gRPC's NOT_FOUND: the run has ended

/** The server's own call: the handle's `cancel` takes no reason, and the run's history shows it. */
async function requestCancel(
  ctx: GatewayContext,
  { taskId }: Job,
  { actor, reason }: Because,
): Promise<void> {
  const { workflowService, options } = ctx.temporal.client.workflow
  const { namespace, identity } = options
  try {
    await askTemporal(ctx, () =>
      workflowService.requestCancelWorkflowExecution({
        namespace,
        identity,
        requestId: randomUUID(),
        workflowExecution: { workflowId: taskId },
        reason: `${actor}: ${reason}`,
      }),
    )
  } catch (error) {
    if (isGone(error)) requireRunning(await findJob(ctx, taskId))
    throw error
  }
}

const isGone = (error: unknown): boolean => isGrpcServiceError(error) && GONE.includes(error.code)
