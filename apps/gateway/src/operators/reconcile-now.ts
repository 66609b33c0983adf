import { ScheduleNotFoundError, WorkflowFailedError } from '@temporalio/client'
import type { WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { AppError } from '@upscale/types'
import type { BooksView, InternalFailure } from '@upscale/types'
import { RECONCILE_SCHEDULE } from '@upscale/workflows/activities'
import type { ReconcileInput } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { randomBase62 } from '../random-id.ts'
import { askTemporal } from './ask-temporal.ts'

const PASS_DEADLINE_MS = 45_000

/**
 * A pass of the reconciler now, beside those of its schedule and with their input: what it found.
 * `confirmLost` is the operator's word that open charges without a workflow are lost jobs.
 */
export async function reconcileNow(ctx: GatewayContext, confirmLost: boolean): Promise<BooksView> {
  await waitFor(ctx, await startPass(ctx, confirmLost))
  const { body } = await ctx.billing.ask({ method: 'GET', path: '/books' })
  return body as BooksView
}

async function startPass(ctx: GatewayContext, confirmLost: boolean): Promise<WorkflowHandle> {
  const { client } = ctx.temporal
  const { action } = await askTemporal(ctx, () =>
    client.schedule.getHandle(RECONCILE_SCHEDULE).describe(),
  ).catch(orNoSchedule)
  const [input] = action.args as [ReconcileInput]
  return await askTemporal(ctx, () =>
    client.workflow.start(action.workflowType, {
      workflowId: `${RECONCILE_SCHEDULE}-now-${randomBase62(8)}`,
      taskQueue: action.taskQueue,
      args: [confirmLost ? { ...input, confirmLost } : input],
      staticSummary: confirmLost ? 'an operator confirmed that jobs are lost' : 'by an operator',
    }),
  )
}

async function waitFor(ctx: GatewayContext, pass: WorkflowHandle): Promise<void> {
  try {
    await askTemporal(ctx, () => pass.result(), PASS_DEADLINE_MS)
  } catch (cause) {
    if (isLostJobs(cause)) return // it did all else, and its findings say so
    const how = cause instanceof WorkflowFailedError ? 'failed' : 'has not ended yet'
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The pass ${how}: Temporal shows it as ${pass.workflowId}`,
      { cause },
    )
  }
}

const isLostJobs = (error: unknown): boolean =>
  error instanceof WorkflowFailedError &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === ('LOST_JOBS' satisfies InternalFailure)

function orNoSchedule(cause: unknown): never {
  if (!(cause instanceof ScheduleNotFoundError)) throw cause
  throw new AppError(
    'ACTION_REFUSED',
    `Temporal has no schedule ${RECONCILE_SCHEDULE}: restart the orchestrator, which makes it`,
    { key: 'no_schedule', cause },
  )
}
