import { AppError } from '@upscale/types'
import { errorView, httpStatusOf } from '../tasks/error-view.ts'
import { failure } from './envelope.ts'
import type { RawAnswer } from './http-server.ts'
import { newRequestId } from './request-id.ts'

/** The envelope for what never became a request. */
export function malformedRequest(publicUrl: string): RawAnswer {
  const requestId = newRequestId()
  const error = new AppError('INVALID_PARAMETER', 'Malformed HTTP request')
  return {
    status: httpStatusOf(error.code),
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Request-Id': requestId,
      'X-Content-Type-Options': 'nosniff',
    },
    body: JSON.stringify(failure(errorView(error, { publicUrl, requestId }))),
  }
}
