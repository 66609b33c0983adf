import { AppError, ERRORS, internalError } from '@upscale/types'
import type { BillingRefusal } from '@upscale/types'
import type { ErrorRequestHandler } from 'express'
import type { Events } from '../events.ts'

/** The one place where a failure becomes an answer; anything unknown is logged and shown as internal. */
export const answerError =
  (events: Events): ErrorRequestHandler =>
  (error: unknown, _req, res, _next) => {
    const { code, key, message, param } = appErrorFrom(error, events)
    const { status } = ERRORS[code]
    res
      .status(status === 'task' ? 500 : status)
      .json({ code, key, message, param } satisfies BillingRefusal)
  }

function appErrorFrom(error: unknown, events: Events): AppError {
  if (error instanceof AppError) return error
  switch (bodyFailureOf(error)) {
    case 'entity.parse.failed':
      return new AppError('INVALID_JSON', 'The body is not valid JSON')
    case 'entity.too.large':
      return new AppError('BODY_TOO_LARGE', 'The body is too large')
    default:
      events.httpFailed(error)
      return internalError(error)
  }
}

/** What the JSON parser calls its failure. */
const bodyFailureOf = (error: unknown): unknown =>
  error instanceof Error && 'type' in error ? error.type : undefined
