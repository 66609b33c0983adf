import { AppError } from '@upscale/types'

export const taskNotFound = (): AppError =>
  new AppError(
    'TASK_NOT_FOUND',
    'The ledger knows no such task, it was never charged: check the task id',
  )
