import { AppError, MODEL, unreachable } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { dailyLimitOf } from '../limits/daily-quota.ts'
import { nextDay } from '../limits/limit-headers.ts'
import { rateLimited, tooManyOpen } from '../limits/rate-limited.ts'
import { randomBase62 } from '../random-id.ts'
import type { CreateRequest } from './create-request.ts'
import { fingerprintOf } from './idempotency-fingerprint.ts'
import type { TaskOrder } from './order-store.ts'
import type { UpscaleOrder } from './parse-upscale-order.ts'
import type { Paid } from './paid.ts'

/** An order that stands, and whether an earlier request with the same key placed it. */
export interface PlacedOrder {
  task: TaskOrder
  isReplay: boolean
  /** Tasks of today with this one; null: they are not counted. */
  usedToday: number | null
  /** What its task answered; undefined: it is not recorded yet. */
  paid: Paid | undefined
}

/** Writes the order before anything starts. Throws IDEMPOTENCY_KEY_REUSED and RATE_LIMITED. */
export async function placeOrder(
  ctx: GatewayContext,
  caller: Caller,
  order: UpscaleOrder,
  request: CreateRequest,
): Promise<PlacedOrder> {
  const task = taskOrderOf(caller, order, request)
  const dailyLimit = await dailyLimitOf(ctx.billing, caller)
  const openLimit = ctx.config.limits.openTasks
  const idempotency = idempotencyOf(order, request)
  const answer = await ctx.placeOrder({ order: task, idempotency, dailyLimit, openLimit })
  switch (answer.outcome) {
    case 'placed':
    case 'replay': {
      const { outcome, usedToday, paid, ...standing } = answer
      const isReplay = outcome === 'replay'
      if (isReplay) request.showReplay()
      if (usedToday !== null) request.showUsed(usedToday)
      return { task: { ...task, ...standing }, isReplay, usedToday, paid }
    }
    case 'key_reused':
      throw keyReused()
    case 'quota_used':
      request.showUsed(answer.usedToday)
      throw rateLimited({
        limit: `${dailyLimit}/day`,
        resetsAt: nextDay(answer.at),
        now: answer.at,
      })
    case 'queue_full':
      throw queueFull(openLimit)
    default:
      return unreachable(answer)
  }
}

const taskOrderOf = (
  { accountId, livemode }: Caller,
  order: UpscaleOrder,
  { requestId }: CreateRequest,
) => ({
  taskId: `task_${randomBase62(24)}` as TaskId,
  accountId,
  livemode,
  requestId,
  model: MODEL,
  videoUrl: order.videoUrl,
  upscaleFactor: order.factor,
  metadata: order.metadata,
  maxCredits: order.maxCredits === undefined ? null : BigInt(order.maxCredits),
  quoteId: order.quoteId ?? null,
  webhookUrl: order.webhookUrl ?? null,
  webhookEvents: order.webhookEvents,
})

const idempotencyOf = (order: UpscaleOrder, { idempotencyKey: key, target }: CreateRequest) =>
  key === undefined ? undefined : { key, fingerprint: fingerprintOf(target, order) }

const keyReused = (): AppError =>
  new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    'Idempotency-Key was used with another request: send that request again, or a new key',
    { param: 'Idempotency-Key' },
  )

const queueFull = (openTasks: number): AppError =>
  tooManyOpen({
    limit: `${openTasks} open tasks`,
    remedy: 'Wait until one of them has ended, or cancel one',
    key: 'queue_full',
  })
