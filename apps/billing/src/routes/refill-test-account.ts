import type { RefillRequest } from '@upscale/types'
import { z } from 'zod'
import { accountIdFrom } from '../http/account-id-from.ts'
import { parseInput } from '../http/parse-input.ts'
import { refillTestAccount as refill } from '../ledger/refill-test-account.ts'
import type { Operation } from './operation.ts'

const Body: z.ZodType<RefillRequest> = z.object({
  day: z.iso.date('must be a UTC day such as 2026-02-14'),
})

export const refillTestAccount: Operation = async (ctx, req, res) => {
  res.json(await refill(ctx, accountIdFrom(req), parseInput(Body, req.body)))
}
