import { PLAN_IDS } from '@upscale/types'
import type { PlanId } from '@upscale/types'
import { z } from 'zod'

export const PLAN_ID: z.ZodType<PlanId> = z.enum(PLAN_IDS, `must be one of ${PLAN_IDS.join(', ')}`)
