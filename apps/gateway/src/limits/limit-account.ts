import type { Request, RequestHandler, Response } from 'express'
import type { GatewayContext } from '../context.ts'
import { callerOf } from '../http/operation.ts'
import type { Taken } from './burst-limit.ts'
import type { DailyUse } from './daily-quota.ts'
import { limitHeaders } from './limit-headers.ts'
import type { ShownLimit } from './limit-headers.ts'
import type { NamedLimit } from './limits.ts'
import { rateLimited } from './rate-limited.ts'

declare global {
  namespace Express {
    interface Request {
      /** What the answer shows of the account's limits, as far as it is known. */
      limits?: { daily: DailyUse | undefined; burst: ShownLimit | undefined }
    }
  }
}

/**
 * Counts an authenticated request, and shows on its answer, refused or not, what the account has left.
 * `extra`: the burst limit of the endpoint itself. Where the counts cannot be read, requests go on.
 */
export const limitAccount =
  (
    ctx: Pick<GatewayContext, 'limits' | 'events' | 'now'>,
    extra: 'creates' | 'quotes' | undefined,
  ): RequestHandler =>
  async (req, res, next) => {
    const { burst, readDailyUse } = ctx.limits
    const caller = callerOf(req)
    const unknown = (error: unknown) => {
      ctx.events.limitUnknown(error)
      return undefined
    }
    const taken = await burst.requests.take(caller.accountId).catch(unknown)
    const daily = taken && (await readDailyUse(caller).catch(unknown))
    req.limits = {
      daily,
      burst: taken && shownBurst(burst.requests, taken, ctx.now()),
    }
    showLimits(req, res, ctx.now())
    if (taken) requireTaken(burst.requests, taken)
    // A create that cannot be counted could not be written down either: that failure is its answer.
    if (extra) requireTaken(burst[extra], await burst[extra].take(caller.accountId))
    next()
  }

/** Shows the daily quota anew, where a request has changed it. */
export function showTasksToday(
  req: Request,
  res: Response,
  change: (tasksToday: number) => number,
  now: Date,
): void {
  const daily = req.limits?.daily
  if (!daily) return
  daily.used = change(daily.used)
  showLimits(req, res, now)
}

function showLimits({ limits }: Request, res: Response, now: Date): void {
  if (!limits) return
  const { daily, burst } = limits
  const shown = daily && { ...daily, remaining: Math.max(0, daily.limit - daily.used) }
  for (const [name, value] of limitHeaders({ daily: shown, burst }, now)) res.setHeader(name, value)
}

const shownBurst = (
  { limit }: NamedLimit,
  { remaining, leftMs }: Taken,
  now: Date,
): ShownLimit => ({
  limit,
  remaining,
  resetsAt: new Date(now.getTime() + leftMs),
})

function requireTaken({ text }: NamedLimit, { isTaken, endsAt, leftMs }: Taken): void {
  if (isTaken) return
  const now = new Date(endsAt.getTime() - leftMs) // by the clock that ends the window
  throw rateLimited({ limit: text, resetsAt: endsAt, now })
}
