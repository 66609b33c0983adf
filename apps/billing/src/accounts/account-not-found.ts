import { AppError } from '@upscale/types'

export const accountNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such account: open its customer first', {
    key: 'account_not_found',
  })
