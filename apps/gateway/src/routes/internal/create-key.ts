import { z } from 'zod'
import { AppError, isCustomerId } from '@upscale/types'
import { createApiKey } from '../../accounts/create-api-key.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'

const Body = z.object({
  customerId: z.string().refine(isCustomerId),
  name: z.string().min(1).max(100),
  livemode: z.boolean(),
})

/** A new key, shown this once. */
export const createKey: Operation = async (ctx, req, res) => {
  const { success, data, error } = Body.safeParse(bodyOf(req))
  if (!success) {
    const param = String(error.issues[0]?.path[0])
    throw new AppError('INVALID_PARAMETER', `${param} is missing or not valid`, { param })
  }
  res.status(201).json(await createApiKey(ctx, data))
}
