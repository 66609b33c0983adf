import type { ColumnType, Generated } from 'kysely'
import type { AccountId, TaskId, UpscaleFactor } from '@upscale/types'
import type { WebhookType } from '../../webhooks/webhook-type.ts'

/** What a customer asked for: written before the workflow starts; only its URL may be removed. */
export interface TaskOrderTable {
  taskId: TaskId
  accountId: AccountId
  livemode: boolean
  requestId: string
  model: string
  /** null: its customer deleted the task. */
  videoUrl: string | null
  upscaleFactor: UpscaleFactor
  /** `json`, not `jsonb`: it is given back in the order in which it came. */
  metadata: ColumnType<Record<string, string>, string, never>
  maxCredits: bigint | null
  quoteId: string | null
  webhookUrl: string | null
  /** Ends of the task that its webhook tells. */
  webhookEvents: Generated<WebhookType[]>
  createdAt: Date
}
