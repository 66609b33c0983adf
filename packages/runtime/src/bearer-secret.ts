import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { AppError } from '@upscale/types'

/**
 * A handler, Express's or any other of its shape, that lets pass who knows the secret of an internal API;
 * compared by hashes of one length, so that time tells nothing. Throws INVALID_API_KEY.
 */
export function requireBearer(secret: string) {
  const expected = hashOf(`Bearer ${secret}`)
  return ({ headers }: IncomingMessage, _res: unknown, next: () => void): void => {
    if (!timingSafeEqual(hashOf(headers.authorization ?? ''), expected)) {
      throw new AppError(
        'INVALID_API_KEY',
        'The bearer secret of the internal API is missing or wrong',
      )
    }
    next()
  }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()
