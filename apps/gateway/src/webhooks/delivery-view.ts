import type { DeliveryRecord } from './delivery-store.ts'

/** The public delivery object. */
export const deliveryView = (delivery: DeliveryRecord) => ({
  id: delivery.deliveryId,
  webhook_id: delivery.webhookId,
  task_id: delivery.taskId,
  type: delivery.type,
  url: delivery.url,
  status: delivery.status,
  attempts: delivery.attempts.map((attempt) => ({
    number: attempt.number,
    at: attempt.at.toISOString(),
    status_code: attempt.statusCode,
    error: attempt.error,
    duration_ms: attempt.durationMs,
    response_snippet: attempt.responseSnippet,
  })),
  next_attempt_at: delivery.nextAttemptAt && delivery.nextAttemptAt.toISOString(),
  created_at: delivery.createdAt.toISOString(),
})
