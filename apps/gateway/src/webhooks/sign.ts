import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

export interface SignedMessage {
  id: string
  /** Unix seconds of the attempt. */
  timestamp: number
  /** The very bytes that are sent. */
  body: string
}

export const newWebhookSecret = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`

/** Value of `webhook-signature` (Standard Webhooks 1.0.0): one signature for each secret, in their order. */
export const signatureOf = (
  secrets: readonly string[],
  { id, timestamp, body }: SignedMessage,
): string =>
  secrets
    .map((secret) => createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`))
    .map((hmac) => `v1,${hmac.digest('base64')}`)
    .join(' ')

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64')
