import { WithStartWorkflowOperation } from '@temporalio/client'
import { checkUrl } from '@upscale/safe-fetch'
import { AppError, MODEL, probeFailed } from '@upscale/types'
import type { Admission, RequestId, TaskError, TaskId, UpscaleJob } from '@upscale/types'
import type { upscaleVideo } from '@upscale/workflows'
import { ADMIT_DEADLINE_MS } from '@upscale/workflows/activities'
import { admitUpdate } from '@upscale/workflows/messages'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { randomBase62 } from '../random-id.ts'
import type { CreatedTask } from './created-task-view.ts'
import { deleteOrder, insertOrder } from './order-store.ts'
import type { TaskOrder } from './order-store.ts'
import type { UpscaleOrder } from './parse-upscale-order.ts'
import { startFailureOf } from './start-failure.ts'
import { detailsOf, jobOf, startOptionsOf, summaryOf } from './upscale-job.ts'

const ABANDON_DEADLINE_MS = 3_000

/**
 * Starts a job and waits for its admission: probed, priced and paid. A refusal is thrown with its code;
 * then no credits have moved and no task exists.
 */
export async function startUpscale(
  ctx: GatewayContext,
  caller: Caller,
  order: UpscaleOrder,
  requestId: RequestId,
): Promise<CreatedTask> {
  checkSource(ctx, order)
  const task = taskOrderOf(ctx.now(), caller, order, requestId)
  await insertOrder(ctx.db, task)
  const job = jobOf(ctx.config, task, order.videoUrl, { maxCredits: order.maxCredits })
  const admission = await admit(ctx, job, task)
  if (!admission.admitted) {
    await forgetOrder(ctx, task.taskId)
    throw refusalOf(admission.error, order)
  }
  const { admitted: _, ...paid } = admission
  return { ...task, ...paid }
}

/** The URL's text alone: the gateway connects to no customer's host. */
function checkSource({ policy }: GatewayContext, { videoUrl, place }: UpscaleOrder): void {
  try {
    if (!videoUrl.isWellFormed()) throw probeFailed('url_invalid', 'it is not valid Unicode')
    checkUrl(videoUrl, policy)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, key, details } = error
    throw new AppError(code, message, { key, details, param: `${place}video_url` })
  }
}

const taskOrderOf = (
  createdAt: Date,
  { accountId, livemode }: Caller,
  { videoUrl, factor, metadata }: UpscaleOrder,
  requestId: RequestId,
): TaskOrder => ({
  taskId: `task_${randomBase62(24)}` as TaskId,
  accountId,
  livemode,
  requestId,
  model: MODEL,
  videoUrl,
  upscaleFactor: factor,
  metadata,
  createdAt,
  maxCredits: null,
  quoteId: null,
  webhookUrl: null,
  webhookEvents: [],
})

/** Update-with-Start under fixed ids: sent twice, it is still one job and one charge. */
async function admit(ctx: GatewayContext, job: UpscaleJob, order: TaskOrder): Promise<Admission> {
  const { taskId } = job
  const start = new WithStartWorkflowOperation<typeof upscaleVideo>('upscaleVideo', {
    ...startOptionsOf(job, { summary: summaryOf(job), details: detailsOf(job, order) }),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  })
  const began = performance.now()
  try {
    const admission = await ctx.temporal.client.withDeadline(Date.now() + ADMIT_DEADLINE_MS, () =>
      ctx.temporal.client.workflow.executeUpdateWithStart(admitUpdate, {
        startWorkflowOperation: start,
        updateId: 'admit',
      }),
    )
    ctx.events.admissionAnswered(order, admission, performance.now() - began)
    return admission
  } catch (error) {
    const failure = startFailureOf(error)
    ctx.events.startFailed(order, failure, performance.now() - began)
    if (failure.isClosed) await forgetOrder(ctx, taskId)
    else await abandon(ctx, taskId)
    throw failure.error
  }
}

/** Nobody can come back for this job: a cancel ends it and gives back what it took. */
async function abandon(ctx: GatewayContext, taskId: TaskId): Promise<void> {
  try {
    await ctx.temporal.client.withDeadline(Date.now() + ABANDON_DEADLINE_MS, () =>
      ctx.temporal.client.workflow.getHandle(taskId).cancel(),
    )
  } catch (error) {
    ctx.events.abandonFailed(taskId, error) // it may never have started
  }
}

async function forgetOrder(ctx: GatewayContext, taskId: TaskId): Promise<void> {
  try {
    await deleteOrder(ctx.db, taskId)
  } catch (error) {
    ctx.events.orderLeft(taskId, error) // harmless: its workflow says that there is no task
  }
}

function refusalOf({ code, key, message, details }: TaskError, { place }: UpscaleOrder): AppError {
  const param = paramOf(code, place)
  return new AppError(code, message, { key, details, param })
}

function paramOf(code: TaskError['code'], place: string): string | undefined {
  switch (code) {
    case 'PROBE_FAILED':
    case 'UNSUPPORTED_VIDEO':
    case 'SOURCE_TOO_LARGE':
    case 'VIDEO_TOO_LONG':
      return `${place}video_url`
    case 'OUTPUT_TOO_LARGE':
      return `${place}upscale_factor`
    case 'MAX_CREDITS_EXCEEDED':
      return 'max_credits'
    default:
      return undefined
  }
}
