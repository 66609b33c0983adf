import { z } from 'zod'
import { keyIdFrom } from '../../accounts/key-id.ts'
import { rotateApiKey } from '../../accounts/rotate-api-key.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { audited } from '../../operators/audited.ts'
import { because, parseInput } from '../../operators/parse-input.ts'

const GRACE_MAX_HOURS = 720 // a month; a key that nobody replaces by then is in nobody's use

const Body = z.strictObject({ graceHours: z.number().min(0).max(GRACE_MAX_HOURS), ...because })

/** A new key beside an old one, which ends after a while; shown this once. */
export const rotateKey: Operation = async (ctx, req, res) => {
  const { reason, actor, graceHours } = parseInput(Body, bodyOf(req))
  const target = keyIdFrom(req.params['id'])
  const made = await audited(
    ctx,
    { action: 'rotate key', target, reason, actor },
    () => rotateApiKey(ctx, target, graceHours),
    ({ id }) => `${id} follows it, and it ends in ${graceHours} h`,
  )
  res.status(201).json(made)
}
