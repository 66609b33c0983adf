import { z } from 'zod'
import { Timestamp } from '../tasks/task-schema.ts'
import { WEBHOOK_TYPES } from './webhook-type.ts'

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const

export const DeliveryId = z.string().regex(/^whd_[A-Za-z0-9]{16,40}$/)
export const DeliveryParams = z.object({ id: DeliveryId.describe('Id of the delivery') })

const nullable = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

const Attempt = z.object({
  number: z.int().min(1),
  at: Timestamp,
  status_code: nullable(z.int()).describe('Of the answer; null: there was none'),
  error: nullable(z.string()).describe('Why there was no answer, or none that counts: `key: text`'),
  duration_ms: z.int().min(0),
  response_snippet: nullable(z.string()).describe('The first 1 kB of the answer, without secrets'),
})

export const Delivery = z.object({
  id: DeliveryId,
  webhook_id: z
    .string()
    .regex(/^msg_[A-Za-z0-9]+$/)
    .describe('The `webhook-id` header of every attempt'),
  task_id: nullable(z.string()).describe('null: a test'),
  type: z.enum(WEBHOOK_TYPES),
  url: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.array(Attempt).describe('Oldest first'),
  next_attempt_at: nullable(Timestamp).describe('null: none is planned'),
  created_at: Timestamp,
})

export const DeliveryPage = z.object({
  items: z.array(Delivery),
  has_more: z.boolean(),
  next_cursor: nullable(z.string()).describe('null on the last page'),
})

export const DELIVERY_EXAMPLE = {
  id: 'whd_4fT9sLq2Zx8Kb1Vn7Yw3Rc6M',
  webhook_id: 'msg_8hJ2kQ5wErT7yUiOp1aSdFgH',
  task_id: 'task_3kP9zQx7LmN2vB5cR8tY1wEa',
  type: 'task.completed',
  url: 'https://example.com/hooks/upscale',
  status: 'pending',
  attempts: [
    {
      number: 1,
      at: '2026-02-14T12:01:31.000Z',
      status_code: 503,
      error: null,
      duration_ms: 84,
      response_snippet: 'Service Unavailable',
    },
  ],
  next_attempt_at: '2026-02-14T12:01:36.000Z',
  created_at: '2026-02-14T12:01:30.500Z',
} satisfies z.infer<typeof Delivery>
