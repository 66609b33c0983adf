import { isTaskId } from '@upscale/types'
import type { AdjustRequest } from '@upscale/types'
import { z } from 'zod'
import { accountIdFrom } from '../http/account-id-from.ts'
import { BECAUSE, ONCE_KEY } from '../http/because.ts'
import { parseInput } from '../http/parse-input.ts'
import { wholeNumber } from '../http/whole-number.ts'
import { adjustCredits as adjust } from '../ledger/adjust-credits.ts'
import type { Operation } from './operation.ts'

const Body: z.ZodType<AdjustRequest> = z.object({
  key: ONCE_KEY,
  delta: wholeNumber(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).refine(
    (delta) => delta !== 0,
    'must not be 0, since that would change nothing',
  ),
  taskId: z.string().refine(isTaskId, 'is not a task id').optional(),
  ...BECAUSE,
})

export const adjustCredits: Operation = async (ctx, req, res) => {
  res.json(await adjust(ctx, accountIdFrom(req), parseInput(Body, req.body)))
}
