import { randomUUID } from 'node:crypto'
import type { Because } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { askTemporal } from './ask-temporal.ts'
import { findJob } from './find-job.ts'
import type { Job } from './find-job.ts'
import { isGone } from './is-gone.ts'
import type { JobActionSteps } from './job-action.ts'
import { refusalOf } from './job-case.ts'

/** Stops a job that runs or is parked: it ends as failed, and its credits go back. */
export const cancel: JobActionSteps = {
  plan(job) {
    requireRunning(job)
    return `${job.taskId} would be asked to stop: ${endOf(job)}`
  },
  async act(ctx, job, because) {
    await requestCancel(ctx, job, because)
    return `${job.taskId} is asked to stop: ${endOf(job)}; ops show tells`
  },
}

function requireRunning(job: Job): void {
  if (job.run.state !== 'running') throw refusalOf(job)
}

/** What is known of it: the cancel may come too late, or before anything is charged. */
function endOf({ status }: Job): string {
  switch (status) {
    case null:
      return 'nothing is recorded of it yet; what was charged goes back'
    case 'completed':
      return 'what was delivered stays delivered and charged'
    default:
      return 'it ends as failed with all credits back, unless its result is being booked already'
  }
}

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
