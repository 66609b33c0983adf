import { AppError } from '@upscale/types'
import type { RequestHandler } from 'express'

/** Refuses what Node would by itself, with an empty answer: no `Host` in HTTP/1.1, an unknown `Expect`. */
export const requirePlainHead: RequestHandler = ({ headers, httpVersion }, _res, next) => {
  if (headers.host === undefined && httpVersion === '1.1') {
    throw refused('Host', 'Host is missing: every HTTP/1.1 request names it')
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    throw refused('Expect', 'Expect must be "100-continue", or be left out')
  }
  next()
}

const refused = (param: string, message: string): AppError =>
  new AppError('INVALID_PARAMETER', message, { param })
