import { ScheduleNotFoundError, WorkflowFailedError } from '@temporalio/client'
import type { ScheduleDescription, WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { AppError } from '@upscale/types'
import type { BooksView, InternalFailure } from '@upscale/types'
import { CONFIRMED_WINDOW_MS, RECONCILE_SCHEDULE } from '@upscale/workflows/activities'
import type { ReconcileInput } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { randomBase62 } from '../random-id.ts'
import { askTemporal } from './ask-temporal.ts'

const PASS_DEADLINE_MS = 45_000

/** A pass that can be started. */
export interface ReconcilePass {
  action: ScheduleDescription['action']
  input: ReconcileInput
}

/**
 * The pass of the schedule, with its input. `confirmLost` is the operator's word that open charges without
 * a workflow, and settled ones without a delivery, are those of lost jobs: it reaches a month back, since
 * what is settled leaves the window of the others after a while.
 */
export async function readPass(ctx: GatewayContext, confirmLost: boolean): Promise<ReconcilePass> {
  const { action } = await askTemporal(ctx, () =>
    ctx.temporal.client.schedule.getHandle(RECONCILE_SCHEDULE).describe(),
  ).catch(orNoSchedule)
  const [input] = action.args as [ReconcileInput]
  const confirmed = { ...input, windowMs: CONFIRMED_WINDOW_MS, confirmLost }
  return { action, input: confirmLost ? confirmed : input }
}

/** What it would do, in one sentence. */
export const passText = ({ input }: ReconcilePass): string =>
  'a pass would compare money and jobs, and give back what ended jobs left charged' +
  (input.confirmLost
    ? ', also the many open charges whose workflow is gone and the settled ones without a delivered task'
    : '')

/** A pass of the reconciler now, beside those of its schedule: the books as it left them. */
export async function reconcileNow(ctx: GatewayContext, pass: ReconcilePass): Promise<BooksView> {
  await waitFor(ctx, await startPass(ctx, pass))
  const { body } = await ctx.billing.ask({ method: 'GET', path: '/books' })
  return body as BooksView
}

const startPass = (
  ctx: GatewayContext,
  { action, input }: ReconcilePass,
): Promise<WorkflowHandle> =>
  askTemporal(ctx, () =>
    ctx.temporal.client.workflow.start(action.workflowType, {
      workflowId: `${RECONCILE_SCHEDULE}-now-${randomBase62(8)}`,
      taskQueue: action.taskQueue,
      args: [input],
      staticSummary: input.confirmLost
        ? 'an operator confirmed that jobs are lost'
        : 'by an operator',
    }),
  )

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
