import { ERRORS, TASK_CODES, isRetryable } from '@upscale/types'
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

/**
 * The error of a task in a code that tasks carry: what an operator runs again may be refused as a request
 * is, and then that is why the upscale failed.
 */
export function taskErrorView(error: TaskError, facts: ErrorFacts): ErrorView {
  if ((TASK_CODES as readonly ErrorCode[]).includes(error.code)) return errorView(error, facts)
  const { code, message, details } = error
  const key = code.toLowerCase()
  const why = { key, message: `The upscale failed: ${message}`, details }
  return errorView({ code: 'GENERATION_FAILED', ...why }, facts)
}

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
