import type { RequestId } from '@upscale/types'
import type { RequestHandler } from 'express'
import { randomBase62 } from '../random-id.ts'

export const newRequestId = (): RequestId => `req_${randomBase62(24)}` as RequestId

/** Our own id on every response; a client's own is only logged beside it. */
export const requestId: RequestHandler = (req, res, next) => {
  req.requestId = newRequestId()
  res.setHeader('Request-Id', req.requestId)
  next()
}

const CLIENT_ID = /^[A-Za-z0-9_-]{8,64}$/

export const clientRequestId = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && CLIENT_ID.test(header) ? header : undefined
