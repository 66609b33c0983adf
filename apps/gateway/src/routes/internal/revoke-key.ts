import { AppError } from '@upscale/types'
import { revokeApiKey } from '../../accounts/api-key-store.ts'
import type { Operation } from '../../http/operation.ts'

/** Ends a key; it opens nothing a few seconds later. Harmless to repeat. */
export const revokeKey: Operation = async (ctx, req, res) => {
  const key = await revokeApiKey(ctx.db, String(req.params['id']))
  if (!key) throw new AppError('NOT_FOUND', 'There is no such key', { key: 'key_not_found' })
  ctx.events.keyRevoked(key.id)
  res.json(key)
}
