import type { PlanId } from '@upscale/types'

export interface CustomerTable {
  id: string
  planId: PlanId
}
