import { openText, sealText } from '@upscale/runtime'
import type { KeyRing } from '@upscale/runtime'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import { ensureSecret, replaceSecret } from './secret-store.ts'
import { newWebhookSecret } from './sign.ts'

const HOUR_MS = 3_600_000
const PREVIOUS_VALID_MS = 24 * HOUR_MS

type Owner = Pick<Caller, 'accountId' | 'livemode'>

interface SecretContext {
  db: GatewayDb
  webhookKeys: KeyRing
  now: () => Date
}

/** What signs an account's webhooks; the one before a rotation signs along for a day. */
export interface WebhookSecret {
  secret: string
  previous: { secret: string; validUntil: Date } | null
}

/** The owner's secret, made when it is first asked for. */
export async function readWebhookSecret(ctx: SecretContext, owner: Owner): Promise<WebhookSecret> {
  const seal = () => sealText(ctx.webhookKeys, newWebhookSecret())
  const { sealed, previousSealed, previousValidUntil } = await ensureSecret(ctx.db, owner, seal)
  const isValid = previousValidUntil !== null && previousValidUntil > ctx.now()
  return {
    secret: openText(ctx.webhookKeys, sealed),
    previous:
      previousSealed !== null && isValid
        ? { secret: openText(ctx.webhookKeys, previousSealed), validUntil: previousValidUntil }
        : null,
  }
}

/** A new secret; the first one of an account has none before it. */
export async function rotateWebhookSecret(
  ctx: SecretContext,
  owner: Owner,
): Promise<WebhookSecret> {
  const validUntil = new Date(ctx.now().getTime() + PREVIOUS_VALID_MS)
  await replaceSecret(ctx.db, owner, sealText(ctx.webhookKeys, newWebhookSecret()), validUntil)
  return await readWebhookSecret(ctx, owner)
}
