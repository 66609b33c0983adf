import type { Request, Response } from 'express'
import type { GatewayContext } from '../context.ts'
import { showTasksToday } from '../limits/limit-account.ts'
import type { CreateRequest } from '../orders/create-request.ts'
import { idempotencyKeyFrom } from '../orders/idempotency-key.ts'

/** Throws INVALID_IDEMPOTENCY_KEY. */
export const createRequestOf = (
  { now }: Pick<GatewayContext, 'now'>,
  req: Request,
  res: Response,
): CreateRequest => ({
  requestId: req.requestId,
  target: `${req.method} ${req.path}`,
  idempotencyKey: idempotencyKeyFrom(req.headers['idempotency-key']),
  showReplay: () => res.setHeader('Idempotent-Replayed', 'true'),
  showUsed: (tasksToday) => showTasksToday(req, res, () => tasksToday, now()),
  // Others of the account may have changed it meanwhile.
  showGivenBack: () => showTasksToday(req, res, (tasksToday) => tasksToday - 1, now()),
})
