import { z } from 'zod'
import { findApiKey, revokeApiKey } from '../../accounts/api-key-store.ts'
import { keyIdFrom, keyNotFound } from '../../accounts/key-id.ts'
import type { GatewayContext } from '../../context.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { carryOut } from '../../operators/audited.ts'
import { asked, parseInput } from '../../operators/parse-input.ts'

const Body = z.strictObject(asked)

/** Ends a key; it opens nothing a few seconds later. Harmless to repeat. */
export const revokeKey: Operation = async (ctx, req, res) => {
  const { reason, actor, dryRun } = parseInput(Body, bodyOf(req))
  const target = keyIdFrom(req.params['id'])
  const answer = await carryOut(
    ctx,
    { action: 'revoke key', target, reason, actor, requestId: req.requestId, dryRun },
    {
      async look() {
        const key = await findApiKey(ctx.db, target)
        if (!key) throw keyNotFound()
        return key
      },
      would: ({ shown, name, revokedAt }) =>
        revokedAt
          ? `key ${target} was revoked before: nothing would change`
          : `key ${target} (${shown}, ${name}) would open nothing any more`,
      work: () => revoke(ctx, target),
      tell: ({ name, shown }) => `${shown}, ${name}`,
    },
  )
  res.json(answer)
}

async function revoke({ db, events }: GatewayContext, id: string) {
  const key = await revokeApiKey(db, id)
  if (!key) throw keyNotFound()
  events.keyRevoked(key.id)
  return key
}
