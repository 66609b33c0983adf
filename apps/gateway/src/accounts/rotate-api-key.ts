import { AppError } from '@upscale/types'
import type { CustomerId, NewKeyView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { expireApiKey, findApiKey, lockApiKey } from './api-key-store.ts'
import type { ApiKeyFacts } from './api-key-store.ts'
import { createApiKey } from './create-api-key.ts'
import { keyNotFound } from './key-id.ts'

const HOUR_MS = 3_600_000

/** A new key with the customer, name and mode of an old one, which opens for some hours yet. */
export async function rotateApiKey(
  ctx: GatewayContext,
  id: string,
  graceHours: number,
): Promise<NewKeyView> {
  return await ctx.db.transaction().execute(async (trx) => {
    const now = ctx.now()
    const old = await lockApiKey(trx, id)
    if (!old) throw keyNotFound()
    requireOpen(old, now)
    const { name, livemode } = old
    const customerId = old.customerId as CustomerId
    const fresh = await createApiKey({ ...ctx, db: trx }, { customerId, name, livemode })
    await expireApiKey(trx, id, new Date(now.getTime() + graceHours * HOUR_MS))
    return fresh
  })
}

/** Throws where the key cannot be rotated. */
export async function requireOpenKey(
  { db, now }: Pick<GatewayContext, 'db' | 'now'>,
  id: string,
): Promise<void> {
  const key = await findApiKey(db, id)
  if (!key) throw keyNotFound()
  requireOpen(key, now())
}

function requireOpen(
  { id, revokedAt, expiresAt }: Pick<ApiKeyFacts, 'id' | 'revokedAt' | 'expiresAt'>,
  now: Date,
): void {
  if (revokedAt) throw refused('key_revoked', `Key ${id} was revoked: create a new one`)
  if (expiresAt && expiresAt <= now) {
    throw refused('key_expired', `Key ${id} has expired: create a new one`)
  }
}

const refused = (key: string, message: string): AppError =>
  new AppError('ACTION_REFUSED', message, { key, param: 'id' })
