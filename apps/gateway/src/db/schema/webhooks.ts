import type { Generated } from 'kysely'
import type { AccountId, TaskId } from '@upscale/types'
import type { WebhookType } from '../../webhooks/webhook-type.ts'

/** What signs an account's webhooks; sealed, since we must sign with it. */
export interface WebhookSecretTable {
  accountId: AccountId
  livemode: boolean
  sealed: string
  previousSealed: string | null
  previousValidUntil: Date | null
  createdAt: Generated<Date>
}

/** One message to a customer's receiver, with all its attempts. */
export interface WebhookDeliveryTable {
  deliveryId: string
  webhookId: string
  accountId: AccountId
  livemode: boolean
  /** null: a test. */
  taskId: TaskId | null
  type: WebhookType
  url: string
  /** The bytes that are signed, the same at each attempt; null: not made yet. */
  body: string | null
  status: Generated<'pending' | 'delivered' | 'failed'>
  nextAttemptAt: Date | null
  createdAt: Generated<Date>
}

export interface WebhookAttemptTable {
  deliveryId: string
  number: number
  at: Date
  statusCode: number | null
  error: string | null
  durationMs: number
  responseSnippet: string | null
}
