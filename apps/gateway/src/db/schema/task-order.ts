import type { ColumnType } from 'kysely'
import type { AccountId, TaskId, UpscaleFactor } from '@upscale/types'

/** What a customer asked for: written before the workflow starts, never changed. */
export interface TaskOrderTable {
  taskId: TaskId
  accountId: AccountId
  livemode: boolean
  requestId: string
  model: string
  videoUrl: string
  upscaleFactor: UpscaleFactor
  /** `json`, not `jsonb`: it is given back in the order in which it came. */
  metadata: ColumnType<Record<string, string>, string, never>
  createdAt: Date
}
