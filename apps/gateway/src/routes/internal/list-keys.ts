import { AppError, isCustomerId } from '@upscale/types'
import { listApiKeys } from '../../accounts/api-key-store.ts'
import type { Operation } from '../../http/operation.ts'

/** Keys of a customer, oldest first, without their text. */
export const listKeys: Operation = async (ctx, req, res) => {
  const customerId = req.query['customerId']
  if (typeof customerId !== 'string' || !isCustomerId(customerId)) {
    throw new AppError('INVALID_PARAMETER', 'customerId is missing or not valid', {
      param: 'customerId',
    })
  }
  res.json({ items: await listApiKeys(ctx.db, customerId) })
}
