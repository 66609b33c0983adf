import { AppError } from '@upscale/types'

const QUOTED = /^"([\x21\x23-\x7e]{1,255})"$/
const BARE = /^[\x21\x23-\x7e][\x21-\x7e]{0,254}$/

/** The key of a request, bare or quoted; undefined where it has none. Throws INVALID_IDEMPOTENCY_KEY. */
export function idempotencyKeyFrom(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const text = String(header)
  const key = QUOTED.exec(text)?.[1] ?? BARE.exec(text)?.[0]
  if (key !== undefined) return key
  throw new AppError(
    'INVALID_IDEMPOTENCY_KEY',
    'Idempotency-Key must be 1–255 visible characters',
    { param: 'Idempotency-Key' },
  )
}
