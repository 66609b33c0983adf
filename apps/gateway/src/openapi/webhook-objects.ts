import { z } from 'zod'
import type { ZodOpenApiPathItemObject } from 'zod-openapi'
import { CANCELED_TASK, COMPLETED_TASK, FAILED_TASK } from '../tasks/task-examples.ts'
import { WEBHOOK_BODIES } from '../webhooks/webhook-schema.ts'
import { WEBHOOK_TYPES } from '../webhooks/webhook-type.ts'
import type { WebhookType } from '../webhooks/webhook-type.ts'

const ENDS = {
  'task.completed': { example: COMPLETED_TASK, text: 'A task has its result' },
  'task.failed': { example: FAILED_TASK, text: 'A task failed and was refunded' },
  'task.canceled': { example: CANCELED_TASK, text: 'A task was canceled' },
} as const satisfies Record<WebhookType, object>

const Headers = z.object({
  'webhook-id': z
    .string()
    .regex(/^msg_/)
    .describe('The same on every attempt: use it to drop duplicates'),
  'webhook-timestamp': z
    .string()
    .regex(/^\d+$/)
    .describe('Unix seconds of the attempt: refuse what is older than 5 minutes'),
  'webhook-signature': z
    .string()
    .describe(
      '`v1,` and the base64 HMAC-SHA256 of `id.timestamp.rawbody`; two of them, with a space between, for 24 h after a rotation',
    ),
})

/** The section `webhooks`: what we send to `webhook_url`, by Standard Webhooks 1.0.0. */
export const webhookObjects = (): Record<string, ZodOpenApiPathItemObject> =>
  Object.fromEntries(
    WEBHOOK_TYPES.map((type) => [
      type,
      {
        post: {
          operationId: `on${type.replace(/(?:^|\.)\w/g, (part) => part.slice(-1).toUpperCase())}`,
          tags: ['Webhooks'],
          summary: ENDS[type].text,
          description:
            'Sent at least once, in no certain order. Answer 2xx within 10 s; anything else is tried again, ten attempts over three days. `Retry-After` on 429 and 503 is honoured, up to a day.',
          security: [],
          requestParams: { header: Headers },
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: WEBHOOK_BODIES[type],
                example: exampleOf(type),
              },
            },
          },
          responses: {
            '2XX': { description: 'Delivered' },
            '410': { description: 'Stops the attempts' },
            '429': { description: 'Tried again, no sooner than `Retry-After` says, up to a day' },
            '503': { description: 'Tried again, no sooner than `Retry-After` says, up to a day' },
          },
        },
      },
    ]),
  )

const exampleOf = (type: WebhookType) => {
  const { example } = ENDS[type]
  return { type, timestamp: example.completed_at, data: example }
}
