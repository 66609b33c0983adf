import { checkWebhookUrl } from '@upscale/safe-fetch'
import { AppError, MAX_URL_LENGTH } from '@upscale/types'
import { z } from 'zod'
import { bodyOf } from '../http/json-body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { DELIVERY_EXAMPLE, Delivery } from '../webhooks/delivery-schema.ts'
import { deliveryView } from '../webhooks/delivery-view.ts'
import { sendTest } from '../webhooks/send-test.ts'
import { WEBHOOK_TYPES } from '../webhooks/webhook-type.ts'

const TestBody = z.object({
  // Its length is checked with the rest of its text, so that every bad URL gets the same code.
  webhook_url: z.string().meta({
    description: `Public https URL of your receiver, at most ${MAX_URL_LENGTH} characters`,
    maxLength: MAX_URL_LENGTH,
  }),
  type: z.enum(WEBHOOK_TYPES).default('task.completed').describe('What the sample tells'),
})

const run: Operation = async (ctx, req, res) => {
  const { webhook_url: url, type } = bodyOf(req)
  const given = typeof url === 'string' ? url : ''
  checkWebhookUrl(given, ctx.policy)
  const test = { url: given, type: typeFrom(type) }
  succeed(res, deliveryView(await sendTest(ctx, callerOf(req), test, req.requestId)))
}

function typeFrom(value: unknown) {
  const { success, data } = TestBody.shape.type.safeParse(value)
  if (success) return data
  throw new AppError('INVALID_PARAMETER', `type must be one of ${WEBHOOK_TYPES.join(', ')}`, {
    param: 'type',
  })
}

export const testWebhook: Endpoint = {
  id: 'testWebhook',
  method: 'POST',
  path: '/api/v1/webhooks/test',
  access: 'account',
  tag: 'Webhooks',
  summary: 'Try a receiver',
  description:
    'Sends a signed sample task, with `"test": true` at the top of the body, in one attempt by the same way as a real one, and answers with its delivery record.',
  body: TestBody,
  answers: {
    200: {
      description: 'The delivery, with its attempt',
      data: Delivery,
      example: {
        ...DELIVERY_EXAMPLE,
        task_id: null,
        status: 'failed',
        next_attempt_at: null,
      },
    },
  },
  errors: ['INVALID_WEBHOOK_URL', 'INVALID_PARAMETER'],
  run,
}
