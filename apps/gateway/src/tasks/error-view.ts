import { ERRORS, isRetryable } from '@upscale/types'
import type { AppError, ErrorCode, TaskError } from '@upscale/types'

/** The public error object: of an HTTP answer and of a failed task alike. */
export interface ErrorView {
  code: ErrorCode
  key: string
  message: string
  param: string | null
  retryable: boolean
  refunded_credits: number
  doc_url: string
  request_id: string
  details?: Record<string, unknown>
}

interface ErrorFacts {
  publicUrl: string
  requestId: string
  refundedCredits?: number
}

export const errorView = (
  error: AppError | TaskError,
  { publicUrl, requestId, refundedCredits = 0 }: ErrorFacts,
): ErrorView => ({
  code: error.code,
  key: error.key,
  message: error.message,
  param: 'param' in error ? error.param : null,
  retryable: isRetryable(error.code, error.key),
  refunded_credits: refundedCredits,
  doc_url: `${publicUrl}/docs/errors#${error.code}`,
  request_id: requestId,
  ...(error.details && { details: error.details }),
})

/** RFC 9457: the same members, and its own. */
export const problemView = (view: ErrorView, instance: string) => ({
  type: view.doc_url,
  title: titleOf(view.code),
  status: httpStatusOf(view.code),
  detail: view.message,
  instance,
  ...view,
})

/** A code that only tasks carry never ends a request by itself. */
export const httpStatusOf = (code: ErrorCode): number => {
  const { status } = ERRORS[code]
  return status === 'task' ? 500 : status
}

const titleOf = (code: ErrorCode): string => {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
