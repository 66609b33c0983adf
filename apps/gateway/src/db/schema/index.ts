import type { Db } from '@upscale/db'
import type { ApiKeyTable } from './api-key.ts'
import type { IdempotencyKeyTable } from './idempotency-key.ts'
import type { OperatorActionTable } from './operator-action.ts'
import type { QuoteTable } from './quote.ts'
import type { OpenStreamTable, RateWindowTable } from './rate-window.ts'
import type { TaskEventTable } from './task-event.ts'
import type { TaskOrderTable } from './task-order.ts'
import type { TaskTable } from './task.ts'
import type { UploadTable } from './upload.ts'
import type { WebhookAttemptTable, WebhookDeliveryTable, WebhookSecretTable } from './webhooks.ts'

/** Tables of the schema `gateway`, which this app alone reads and writes. */
export interface GatewayTables {
  'gateway.apiKey': ApiKeyTable
  'gateway.idempotencyKey': IdempotencyKeyTable
  'gateway.openStream': OpenStreamTable
  'gateway.operatorAction': OperatorActionTable
  'gateway.quote': QuoteTable
  'gateway.rateWindow': RateWindowTable
  'gateway.task': TaskTable
  'gateway.taskEvent': TaskEventTable
  'gateway.taskOrder': TaskOrderTable
  'gateway.upload': UploadTable
  'gateway.webhookAttempt': WebhookAttemptTable
  'gateway.webhookDelivery': WebhookDeliveryTable
  'gateway.webhookSecret': WebhookSecretTable
}

export type GatewayDb = Db<GatewayTables>
