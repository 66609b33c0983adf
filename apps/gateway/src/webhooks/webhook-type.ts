export const WEBHOOK_TYPES = ['task.completed', 'task.failed', 'task.canceled'] as const
/** The ends of a task: the events that webhooks tell, and the last ones of a stream. */
export type WebhookType = (typeof WEBHOOK_TYPES)[number]
