import { z } from 'zod'
import { Timestamp } from '../tasks/task-schema.ts'
import type { WebhookSecret } from './webhook-secret.ts'

export const WebhookSecretData = z.object({
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]+=*$/)
    .describe('Signs every webhook of this account and mode'),
  previous_valid_until: z
    .union([Timestamp, z.null()])
    .describe('Until then the secret before a rotation signs too'),
})

export const secretView = ({ secret, previous }: WebhookSecret) => ({
  secret,
  previous_valid_until: previous && previous.validUntil.toISOString(),
})

export const SECRET_EXAMPLE = {
  secret: `whsec_${'A'.repeat(43)}=`,
  previous_valid_until: null,
} satisfies z.infer<typeof WebhookSecretData>
