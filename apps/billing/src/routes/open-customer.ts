import { isCustomerId } from '@upscale/types'
import type { OpenCustomerRequest } from '@upscale/types'
import { z } from 'zod'
import { callOpenCustomer } from '../accounts/customer-store.ts'
import { parseInput } from '../http/parse-input.ts'
import { PLAN_ID } from '../http/plan-id.ts'
import type { Operation } from './operation.ts'

const Body: z.ZodType<OpenCustomerRequest> = z.object({
  customerId: z.string().refine(isCustomerId, 'is not a customer id'),
  plan: PLAN_ID,
})

export const openCustomer: Operation = async (ctx, req, res) => {
  await callOpenCustomer(ctx.db, parseInput(Body, req.body))
  res.status(204).end()
}
