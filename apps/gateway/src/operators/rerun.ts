import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { AppError } from '@upscale/types'
import type { Because } from '@upscale/types'
import type { upscaleVideo } from '@upscale/workflows'
import type { GatewayContext } from '../context.ts'
import { detailsOf, jobOf, startOptionsOf, summaryOf } from '../orders/upscale-job.ts'
import { askTemporal } from './ask-temporal.ts'
import { findJob } from './find-job.ts'
import type { Job } from './find-job.ts'
import type { JobActionSteps } from './job-action.ts'
import { caseOf, liveCharge, refusalOf } from './job-case.ts'
import { requireSource } from './require-source.ts'

/** Starts a job that failed once more, under its own id: charged again, never twice for one result. */
export const rerun: JobActionSteps = {
  plan(job) {
    requireFailed(job)
    return `${job.taskId} would run again; ${costOf(job)}`
  },
  check: requireSource,
  async act(ctx, job, because) {
    await startAgain(ctx, job, because)
    return `${job.taskId} runs again; ${costOf(job)}`
  },
}

function requireFailed(job: Job): void {
  if (isNeverAdmitted(job)) throw refusalOf(job)
  switch (caseOf(job)) {
    case 'open_charge':
    case 'refunded':
    case 'uncharged':
      break
    default:
      throw refusalOf(job)
  }
  if (job.run.state !== 'closed' || !job.run.isCompleted) return
  throw new AppError(
    'ACTION_REFUSED',
    `${job.taskId} ended as refused, and Temporal starts no run after that: reset its workflow there`,
    { key: 'run_completed', param: 'taskId' },
  )
}

/** Nothing is recorded, and no charge ever took credits: its POST was not answered with a task. */
const isNeverAdmitted = (job: Job): boolean =>
  job.status === null &&
  job.run.state !== 'running' &&
  job.charges.every(({ state }) => state === 'rejected' || state === 'voided')

/** An open charge is taken over; a closed one is followed by the next. */
const generationOf = (job: Job): number =>
  liveCharge(job)?.generation ?? Math.max(0, ...job.charges.map((it) => it.generation)) + 1

const costOf = (job: Job): string =>
  liveCharge(job)
    ? 'its open charge stands for it'
    : `it is charged anew (charge ${generationOf(job)}) before it upscales`

async function startAgain(
  ctx: GatewayContext,
  job: Job,
  { actor, reason }: Because,
): Promise<void> {
  const { order } = job
  const source = await requireSource(ctx, job)
  const input = jobOf(ctx.config, order, source, { generation: generationOf(job) })
  const details = `${detailsOf(input, order)}\n- rerun by ${actor}: ${reason}`
  const summary = `${summaryOf(input)}, rerun by ${actor}`
  try {
    await askTemporal(ctx, () =>
      ctx.temporal.client.workflow.start<typeof upscaleVideo>('upscaleVideo', {
        ...startOptionsOf(input, { summary, details }),
        memo: { rerunBy: actor, rerunReason: reason },
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'FAIL',
      }),
    )
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    const now = await findJob(ctx, job.taskId)
    if (now.run.state !== 'running') requireFailed(now) // the other run may have delivered meanwhile
    throw new AppError(
      'ACTION_REFUSED',
      `${job.taskId} is running already: somebody else started it a moment ago`,
      { key: 'still_running', param: 'taskId', cause: error },
    )
  }
}
