import { AppError, internalError } from '@upscale/types'
import { tryAgain } from '../try-again.ts'

/** What was thrown, as an error of the catalogue; anything unknown is an `INTERNAL_ERROR`. */
export function appErrorFrom(thrown: unknown, request: string): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof URIError) return noSuchEndpoint(request) // `%E0%A4%A` in the path
  switch (bodyFailureOf(thrown)) {
    case 'entity.too.large':
      return new AppError('BODY_TOO_LARGE', 'Body exceeds 32 kB')
    case 'encoding.unsupported':
      return new AppError('UNSUPPORTED_ENCODING', 'Send plain UTF-8 JSON', {
        param: 'Content-Encoding',
      })
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('INVALID_JSON', 'Invalid JSON body')
    default:
      return isAway(thrown) ? tryAgain(thrown) : internalError(thrown)
  }
}

export const noSuchEndpoint = (request: string): AppError =>
  new AppError('NOT_FOUND', `No such endpoint: ${request}`)

/** Codes of Node and of PostgreSQL: not reached, no connection left, too slow, shutting down or starting. */
const AWAY_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08...|53...|55P03|57014|57P0.)$/
/** The driver's own words, which have no code. */
const AWAY_MESSAGE = /^(Connection terminated|timeout exceeded when trying to connect)/

/** The database does not answer: it does so again in a moment. */
const isAway = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && AWAY_CODE.test(String(error.code))) || AWAY_MESSAGE.test(error.message))

/** What the body parser calls its failure. */
const bodyFailureOf = (error: unknown): unknown =>
  error instanceof Error && 'type' in error ? error.type : undefined
