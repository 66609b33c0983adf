import { AppError } from '@upscale/types'
import type { Admission, UpscaleJob } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { admit, admitStarted } from './admit.ts'
import type { CreateRequest } from './create-request.ts'
import type { CreatedTask } from './created-task-view.ts'
import { findQuote } from '../quotes/find-quote.ts'
import { abandonOrder, dropOrder, dropUnstarted } from './drop-order.ts'
import type { UpscaleOrder } from './parse-upscale-order.ts'
import { paidFrom } from './paid.ts'
import type { Paid } from './paid.ts'
import { placeOrder } from './place-order.ts'
import type { PlacedOrder } from './place-order.ts'
import { refusalOf } from './refusal-of.ts'
import { resolveSource } from './resolve-source.ts'
import { startFailureOf } from './start-failure.ts'
import { jobOf } from './upscale-job.ts'

/**
 * Starts a job and waits for its admission: probed, priced and paid. A refusal is thrown with its code;
 * then no credits have moved and no task exists. With an Idempotency-Key it gives the task of the first such
 * request, however far that one came.
 */
export async function startUpscale(
  ctx: GatewayContext,
  caller: Caller,
  order: UpscaleOrder,
  request: CreateRequest,
): Promise<CreatedTask> {
  const placed = await placeOrder(ctx, caller, order, request)
  const { task } = placed
  const paid = placed.paid ?? (await payFor({ ctx, caller, order, request, placed }))
  return { ...task, ...paid }
}

interface Start {
  ctx: GatewayContext
  caller: Caller
  order: UpscaleOrder
  request: CreateRequest
  placed: PlacedOrder
}

async function payFor(start: Start): Promise<Paid> {
  const { ctx, placed } = start
  const { task } = placed
  let job: UpscaleJob
  try {
    job = await jobFor(start)
  } catch (refusal) {
    if (!(refusal instanceof AppError)) throw refusal
    // What the first request could use may be over by now: its run, where there is one, needs it no more.
    const running = () => admitStarted(ctx.temporal, task.taskId)
    if (placed.isReplay) return await admittedBy(start, running, refusal)
    await dropUnstarted(ctx, start.request, placed)
    throw refusal
  }
  return await admittedBy(start, () => admit(ctx.temporal, job, task))
}

/** What the workflow is started with. Throws what is refused before it starts. */
async function jobFor({ ctx, caller, order, placed }: Start): Promise<UpscaleJob> {
  const quote = await findQuote(ctx, caller, order, placed.task.createdAt)
  const source = await resolveSource(ctx, caller, order)
  return jobOf(ctx.config, placed.task, source, { maxCredits: order.maxCredits, quote })
}

/** Asks for the admission; `refusal` is what to answer where there is no run to ask. */
async function admittedBy(
  start: Start,
  ask: () => Promise<Admission>,
  refusal?: AppError,
): Promise<Paid> {
  const { ctx, order, request, placed } = start
  const began = performance.now()
  let admission: Admission
  try {
    admission = await ask()
  } catch (error) {
    return await afterFailure(start, error, performance.now() - began, refusal)
  }
  ctx.events.admissionAnswered(placed.task, admission, performance.now() - began)
  if (admission.admitted) return admission
  await dropOrder(ctx, request, placed)
  throw refusalOf(admission.error, order)
}

async function afterFailure(
  { ctx, caller, request, placed }: Start,
  error: unknown,
  ms: number,
  refusal: AppError | undefined,
): Promise<Paid> {
  const failure = startFailureOf(error)
  ctx.events.startFailed(placed.task, failure, ms)
  if (failure.isClosed) {
    const found = await ctx.findTask(caller, placed.task.taskId)
    const paid = found?.isRecorded ? paidFrom(found.task) : undefined
    if (paid) return paid
    await dropOrder(ctx, request, placed)
    throw refusal ?? failure.error
  }
  // With a key the customer can come back for it.
  if (request.idempotencyKey === undefined) await abandonOrder(ctx, request, placed)
  throw failure.error
}
