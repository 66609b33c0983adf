import type { ChargeState, TaskId } from '@upscale/types'

/** What one generation of a task costs, and what became of it. Written by the ledger's functions only. */
export interface ChargeTable {
  taskId: TaskId
  generation: number
  accountId: string
  state: ChargeState
  /** null: `voided`, never priced. */
  amount: bigint | null
  givenBack: bigint | null
  reason: string | null
  createdAt: Date
  closedAt: Date | null
}
