import { z } from 'zod'
import { CanceledTask, CompletedTask, FailedTask, Timestamp } from '../tasks/task-schema.ts'
import type { WebhookType } from './webhook-type.ts'

const bodyOf = <T extends z.ZodType>(type: WebhookType, task: T) =>
  z.object({
    type: z.literal(type),
    timestamp: Timestamp.describe('When the task ended: its `completed_at`'),
    data: task.describe(
      'The task as `GET /tasks/{id}` shows it; the longest values of `metadata` are left out where the whole would have more than 20 kB',
    ),
    test: z.literal(true).optional().describe('Only of a test: the task is a sample'),
  })

/** Body of each webhook. */
export const WEBHOOK_BODIES = {
  'task.completed': bodyOf('task.completed', CompletedTask),
  'task.failed': bodyOf('task.failed', FailedTask),
  'task.canceled': bodyOf('task.canceled', CanceledTask),
} as const satisfies Record<WebhookType, z.ZodObject>
