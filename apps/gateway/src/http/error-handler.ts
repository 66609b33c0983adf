import { AppError } from '@upscale/types'
import type { ErrorRequestHandler, Request } from 'express'
import type { GatewayContext } from '../context.ts'
import { errorView, httpStatusOf, problemView } from '../tasks/error-view.ts'
import { appErrorFrom } from './app-error-from.ts'
import { failure } from './envelope.ts'
import { prefersProblem } from './prefers-problem.ts'
import { sendJson } from './send-json.ts'

const RETRY_AFTER_SECONDS = 5 // of a part of ours that does not answer

/** The one place where a failure becomes an answer: the envelope, or problem details on request. */
export const errorHandler =
  ({ config, events }: Pick<GatewayContext, 'config' | 'events'>): ErrorRequestHandler =>
  (thrown: unknown, req, res, _next) => {
    if (res.headersSent) {
      res.destroy() // half an answer: the client must see that it is cut
      return
    }
    const error = shownError(thrown, req)
    const status = httpStatusOf(error.code)
    if (status === 500) events.requestFailed(req.requestId, thrown)
    if (status === 502 || status === 503) events.serviceUnavailable(req.requestId, error.cause)
    const retryAfter = error.retryAfterSeconds ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined)
    if (retryAfter !== undefined) res.setHeader('Retry-After', retryAfter)
    if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer')
    res.vary('Accept')
    res.status(status)
    const view = errorView(error, { publicUrl: config.publicUrl, requestId: req.requestId })
    if (prefersProblem(req.headers.accept)) {
      sendJson(res, problemView(view, pathOf(req)), 'application/problem+json')
    } else {
      sendJson(res, failure(view))
    }
  }

/** A fault of ours is shown as nothing but the id under which we find it. */
function shownError(thrown: unknown, req: Request): AppError {
  const error = appErrorFrom(thrown, `${req.method} ${pathOf(req)}`)
  if (httpStatusOf(error.code) !== 500) return error
  return new AppError('INTERNAL_ERROR', `Internal error. Quote request id ${req.requestId}`)
}

const pathOf = (req: Request): string => req.originalUrl.split('?', 1)[0] ?? '/'
