import type { Generated } from 'kysely'
import type { AccountId, TaskId } from '@upscale/types'

/** Which task a customer's `Idempotency-Key` stands for: written before the workflow starts. */
export interface IdempotencyKeyTable {
  accountId: AccountId
  livemode: boolean
  key: string
  /** SHA-256 of the request that made the task. */
  fingerprint: Buffer
  taskId: TaskId
  createdAt: Generated<Date>
}
