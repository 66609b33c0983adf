import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { SECRET_EXAMPLE, WebhookSecretData, secretView } from '../webhooks/secret-view.ts'
import { rotateWebhookSecret as rotate } from '../webhooks/webhook-secret.ts'

const run: Operation = async (ctx, req, res) => {
  succeed(res, secretView(await rotate(ctx, callerOf(req))))
}

export const rotateWebhookSecret: Endpoint = {
  id: 'rotateWebhookSecret',
  method: 'POST',
  path: '/api/v1/webhooks/secret/rotate',
  access: 'account',
  tag: 'Webhooks',
  summary: 'Replace the signing secret',
  description:
    'For 24 hours both secrets sign: `webhook-signature` then holds two signatures with a space between them, and a receiver accepts either. A second rotation within that time ends the oldest secret at once.',
  answers: {
    200: {
      description: 'The new secret',
      data: WebhookSecretData,
      example: { ...SECRET_EXAMPLE, previous_valid_until: '2026-02-15T12:00:00.000Z' },
    },
  },
  errors: [],
  run,
}
