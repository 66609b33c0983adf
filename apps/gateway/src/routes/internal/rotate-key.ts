import { z } from 'zod'
import { GRACE_MAX_HOURS } from '@upscale/types'
import { keyIdFrom } from '../../accounts/key-id.ts'
import { requireOpenKey, rotateApiKey } from '../../accounts/rotate-api-key.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { carryOut } from '../../operators/audited.ts'
import { asked, parseInput } from '../../operators/parse-input.ts'

const GRACE = `graceHours must be a number of hours from 0 to ${GRACE_MAX_HOURS}`

const Body = z.strictObject({
  graceHours: z.number(GRACE).min(0, GRACE).max(GRACE_MAX_HOURS, GRACE),
  ...asked,
})

/** A new key beside an old one, which ends after a while; shown this once. */
export const rotateKey: Operation = async (ctx, req, res) => {
  const { reason, actor, graceHours, dryRun } = parseInput(Body, bodyOf(req))
  const target = keyIdFrom(req.params['id'])
  const made = await carryOut(
    ctx,
    { action: 'rotate key', target, reason, actor, requestId: req.requestId, dryRun },
    {
      look: () => requireOpenKey(ctx, target),
      would: () => `a new key would follow ${target}, which would end in ${graceHours} h`,
      work: () => rotateApiKey(ctx, target, graceHours),
      tell: ({ id }) => `${id} follows it, and it ends in ${graceHours} h`,
    },
  )
  res.status('dryRun' in made ? 200 : 201).json(made)
}
