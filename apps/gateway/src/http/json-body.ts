import { AppError } from '@upscale/types'
import express from 'express'
import type { Request, RequestHandler } from 'express'

const raw = express.raw({ type: () => true, limit: '32kb', inflate: false })

/** Reads a body that says nothing, as far as any may go. */
export const noBody: RequestHandler = raw

/** Reads the body as a JSON object, whatever its `Content-Type` says. */
export const jsonBody: RequestHandler[] = [
  raw,
  (req, _res, next) => {
    requireUtf8(req)
    req.body = jsonObjectFrom(req.body)
    next()
  },
]

/** The parsed object of a request behind `jsonBody`. */
export const bodyOf = (req: Request) => req.body as Readonly<Record<string, unknown>>

function requireUtf8(req: Request): void {
  const [, charset] = /charset *= *"?([^";\s]+)/i.exec(req.headers['content-type'] ?? '') ?? []
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new AppError('UNSUPPORTED_ENCODING', 'Send plain UTF-8 JSON', { param: 'Content-Type' })
  }
}

function jsonObjectFrom(body: unknown): object {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer)
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (cause) {
    throw new AppError('INVALID_JSON', 'Invalid JSON body', { cause })
  }
  throw new AppError('INVALID_JSON', 'Invalid JSON body')
}
