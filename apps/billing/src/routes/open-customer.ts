import { isCustomerId } from '@upscale/types'
import type { OpenCustomerRequest } from '@upscale/types'
import { z } from 'zod'
import { parseInput } from '../http/parse-input.ts'
import { callOpenCustomer } from '../ledger/ledger-store.ts'
import type { Operation } from './operation.ts'

const Body: z.ZodType<OpenCustomerRequest> = z.object({
  customerId: z.string().refine(isCustomerId, 'is not a customer id'),
  plan: z.enum(['free', 'starter', 'pro_monthly', 'pro_yearly', 'enterprise']),
})

export const openCustomer: Operation = async (ctx, req, res) => {
  await callOpenCustomer(ctx.db, parseInput(Body, req.body))
  res.status(204).end()
}
