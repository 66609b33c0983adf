import { z } from 'zod'
import { accountIdOf, isCustomerId } from '@upscale/types'
import { createApiKey } from '../../accounts/create-api-key.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { carryOut } from '../../operators/audited.ts'
import { customerNotFound, findCustomer } from '../../operators/find-customer.ts'
import { asked, parseInput, textField } from '../../operators/parse-input.ts'

const NAME_MAX = 100

const Body = z.strictObject({
  customerId: z.string().refine(isCustomerId),
  name: textField('name', NAME_MAX, 'name is missing: say in one line what the key is for'),
  livemode: z.boolean(),
  ...asked,
})

/** A new key, shown this once. */
export const createKey: Operation = async (ctx, req, res) => {
  const { reason, actor, dryRun, ...request } = parseInput(Body, bodyOf(req))
  const { customerId, livemode, name } = request
  const target = accountIdOf(customerId, livemode)
  const made = await carryOut(
    ctx,
    { action: 'create key', target, reason, actor, requestId: req.requestId, dryRun },
    {
      async look() {
        if (!(await findCustomer(ctx, customerId))) throw customerNotFound()
      },
      would: () => `a key ${name} of ${target} would be made`,
      work: () => createApiKey(ctx, request),
      tell: ({ id }) => `${id}, ${name}`,
    },
  )
  res.status('dryRun' in made ? 200 : 201).json(made)
}
