import { z } from 'zod'
import { revokeApiKey } from '../../accounts/api-key-store.ts'
import { keyIdFrom, keyNotFound } from '../../accounts/key-id.ts'
import type { GatewayContext } from '../../context.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { audited } from '../../operators/audited.ts'
import { because, parseInput } from '../../operators/parse-input.ts'

const Body = z.strictObject(because)

/** Ends a key; it opens nothing a few seconds later. Harmless to repeat. */
export const revokeKey: Operation = async (ctx, req, res) => {
  const { reason, actor } = parseInput(Body, bodyOf(req))
  const target = keyIdFrom(req.params['id'])
  const key = await audited(
    ctx,
    { action: 'revoke key', target, reason, actor },
    () => revoke(ctx, target),
    ({ name, shown }) => `${shown}, ${name}`,
  )
  res.json(key)
}

async function revoke({ db, events }: GatewayContext, id: string) {
  const key = await revokeApiKey(db, id)
  if (!key) throw keyNotFound()
  events.keyRevoked(key.id)
  return key
}
