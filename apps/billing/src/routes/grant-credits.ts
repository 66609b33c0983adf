import { GRANT_PURPOSES } from '@upscale/types'
import type { GrantRequest } from '@upscale/types'
import { z } from 'zod'
import { accountIdFrom } from '../http/account-id-from.ts'
import { BECAUSE, ONCE_KEY } from '../http/because.ts'
import { parseInput } from '../http/parse-input.ts'
import { wholeNumber } from '../http/whole-number.ts'
import { grantCredits as grant } from '../ledger/grant-credits.ts'
import type { Operation } from './operation.ts'

const Body: z.ZodType<GrantRequest> = z.object({
  key: ONCE_KEY,
  credits: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  purpose: z.enum(GRANT_PURPOSES, `must be one of ${GRANT_PURPOSES.join(', ')}`),
  ...BECAUSE,
})

export const grantCredits: Operation = async (ctx, req, res) => {
  res.json(await grant(ctx, accountIdFrom(req), parseInput(Body, req.body)))
}
