import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { SECRET_EXAMPLE, WebhookSecretData, secretView } from '../webhooks/secret-view.ts'
import { readWebhookSecret } from '../webhooks/webhook-secret.ts'

const run: Operation = async (ctx, req, res) => {
  succeed(res, secretView(await readWebhookSecret(ctx, callerOf(req))))
}

export const getWebhookSecret: Endpoint = {
  id: 'getWebhookSecret',
  method: 'GET',
  path: '/api/v1/webhooks/secret',
  access: 'account',
  tag: 'Webhooks',
  summary: 'Read the signing secret',
  description:
    'One secret per account and mode, made when it is first asked for. It is what the libraries of [Standard Webhooks](https://www.standardwebhooks.com) take. Refuse a message whose `webhook-timestamp` is older than five minutes, and drop a `webhook-id` that you have seen.',
  answers: {
    200: { description: 'The secret', data: WebhookSecretData, example: SECRET_EXAMPLE },
  },
  errors: [],
  run,
}
