import type { PlanId } from '@upscale/types'

export interface PlanTable {
  id: PlanId
  /** null: unlimited. */
  dailyTasks: number | null
  usdMicrosPerCredit: number | null
}
