import { AppError } from '@upscale/types'
import type { ErrorCode } from '@upscale/types'
import type { RequestHandler } from 'express'
import { isWellFormedKey } from '../accounts/api-key.ts'
import type { Caller } from '../accounts/caller.ts'
import type { FindCaller } from '../accounts/find-caller.ts'
import type { CountOfAddress } from '../limits/ip-limits.ts'

/**
 * Finds the caller by `Authorization: Bearer sk-…`; unknown, revoked and mistyped keys look the same. Who
 * fails is counted, and is told RATE_LIMITED from some number on.
 */
export const authenticate =
  (findCaller: FindCaller, countAuthFailure: CountOfAddress): RequestHandler =>
  async (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store')
    res.setHeader('Vary', 'Authorization, Accept')
    try {
      req.caller = await callerBy(findCaller, req.headers.authorization)
    } catch (error) {
      if (error instanceof AppError) await countAuthFailure(req)
      throw error
    }
    next()
  }

async function callerBy(findCaller: FindCaller, header: string | undefined): Promise<Caller> {
  const key = keyFrom(header)
  const caller = isWellFormedKey(key) ? await findCaller(key) : undefined
  if (!caller) throw refused('INVALID_API_KEY', 'Invalid or inactive API key')
  return caller
}

/** The token of the header. Throws in the contract's order of checks. */
export function keyFrom(header: string | undefined): string {
  if (!header) throw refused('MISSING_AUTH_HEADER', 'Authorization header is required')
  const [, token] = /^Bearer +(.*)$/i.exec(header) ?? []
  if (token === undefined) {
    throw refused('INVALID_AUTH_FORMAT', 'Authorization must be "Bearer <key>"')
  }
  if (!token.startsWith('sk-')) {
    throw refused('INVALID_KEY_FORMAT', 'API keys start with "sk-"')
  }
  return token
}

const refused = (code: ErrorCode, message: string): AppError =>
  new AppError(code, message, { param: 'Authorization' })
