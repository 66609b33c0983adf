import type { PlanId } from '@upscale/types'
import { z } from 'zod'

const PLANS = ['free', 'starter', 'pro_monthly', 'pro_yearly', 'enterprise'] as const

export const PLAN_ID: z.ZodType<PlanId> = z.enum(PLANS, `must be one of ${PLANS.join(', ')}`)
