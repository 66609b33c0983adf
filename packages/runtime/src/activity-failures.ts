import { activityInfo } from '@temporalio/activity'
import { AppError } from '@upscale/types'
import { applicationFailureOf } from '@upscale/workflows/activities'
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker'
import type { Logger } from './logger.ts'

/**
 * A catalogue error leaves an activity as a failure of that code; anything else stays retryable and is
 * logged, since nobody expected it.
 */
export const failureInterceptor = (logger: Logger): ActivityInboundCallsInterceptor => ({
  async execute(input, next) {
    try {
      return await next(input)
    } catch (error) {
      const { attempt, activityType, workflowExecution } = activityInfo()
      if (error instanceof AppError) throw applicationFailureOf(error, { attempt })
      if (isUnexpected(error)) {
        const taskId = workflowExecution?.workflowId
        logger.error(
          { err: error, task_id: taskId, attempt },
          `${activityType} failed unexpectedly`,
        )
      }
      throw error
    }
  },
})

const EXPECTED = ['ApplicationFailure', 'CancelledFailure', 'CompleteAsyncError']

const isUnexpected = (error: unknown): boolean =>
  !(error instanceof Error && EXPECTED.includes(error.name))
