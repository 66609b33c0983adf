import { z } from 'zod'
import { accountIdOf, isCustomerId } from '@upscale/types'
import { createApiKey } from '../../accounts/create-api-key.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { audited } from '../../operators/audited.ts'
import { because, parseInput } from '../../operators/parse-input.ts'

const Body = z.strictObject({
  customerId: z.string().refine(isCustomerId),
  name: z.string().min(1).max(100),
  livemode: z.boolean(),
  ...because,
})

/** A new key, shown this once. */
export const createKey: Operation = async (ctx, req, res) => {
  const { reason, actor, ...request } = parseInput(Body, bodyOf(req))
  const target = accountIdOf(request.customerId, request.livemode)
  const made = await audited(
    ctx,
    { action: 'create key', target, reason, actor },
    () => createApiKey(ctx, request),
    ({ id }) => `${id}, ${request.name}`,
  )
  res.status(201).json(made)
}
