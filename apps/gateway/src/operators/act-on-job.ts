import type { JobAction, JobActionRequest, JobActionView, RequestId, TaskId } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { carryOut } from './audited.ts'
import { cancel } from './cancel.ts'
import { findJob } from './find-job.ts'
import type { JobActionSteps } from './job-action.ts'
import { refund } from './refund.ts'
import { rerun } from './rerun.ts'
import { retry } from './retry.ts'
import { reverse } from './reverse.ts'

const ACTIONS: Record<JobAction, JobActionSteps> = { retry, refund, rerun, cancel, reverse }

/** Does what an operator asked for, and notes it; a dry run says what would be done and notes nothing. */
export async function actOnJob(
  ctx: GatewayContext,
  taskId: TaskId,
  action: JobAction,
  { reason, actor, dryRun = false, requestId }: JobActionRequest & { requestId: RequestId },
): Promise<JobActionView> {
  const { plan, check, act } = ACTIONS[action]
  const { outcome } = await carryOut(
    ctx,
    { action, target: taskId, reason, actor, requestId, dryRun },
    {
      async look() {
        const job = await findJob(ctx, taskId)
        const planned = plan(job) // throws where the job does not allow it
        await check?.(ctx, job)
        return { job, plan: planned }
      },
      would: (seen) => seen.plan,
      work: async ({ job }) => ({ outcome: await act(ctx, job, { reason, actor }) }),
      tell: (done) => done.outcome,
    },
  )
  return { action, taskId, dryRun, outcome }
}
