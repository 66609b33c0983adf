import type { JobAction, JobActionRequest, JobActionView, TaskId } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { audited } from './audited.ts'
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
  { reason, actor, dryRun = false }: JobActionRequest,
): Promise<JobActionView> {
  const { plan, act } = ACTIONS[action]
  const tell = (outcome: string) => outcome
  const work = async () => {
    const job = await findJob(ctx, taskId)
    plan(job) // throws where the job does not allow it
    return await act(ctx, job, { reason, actor })
  }
  const outcome = dryRun
    ? plan(await findJob(ctx, taskId))
    : await audited(ctx, { action, target: taskId, reason, actor }, work, tell)
  return { action, taskId, dryRun, outcome }
}
