import { isCustomerId } from '@upscale/types'
import type { ChangePlanRequest } from '@upscale/types'
import { z } from 'zod'
import { changePlan as change, customerNotFound } from '../accounts/change-plan.ts'
import { parseInput } from '../http/parse-input.ts'
import { PLAN_ID } from '../http/plan-id.ts'
import type { Operation } from './operation.ts'

const Body: z.ZodType<ChangePlanRequest> = z.object({ plan: PLAN_ID })

export const changePlan: Operation = async (ctx, req, res) => {
  const customerId = req.params['customerId']
  if (typeof customerId !== 'string' || !isCustomerId(customerId)) throw customerNotFound()
  await change(ctx, customerId, parseInput(Body, req.body))
  res.status(204).end()
}
