import type { PublicErrorCode } from '@upscale/types'

/** What the probe of a customer's video may refuse. */
export const SOURCE_ERRORS = [
  'PROBE_FAILED',
  'UNSUPPORTED_VIDEO',
  'SOURCE_TOO_LARGE',
  'VIDEO_TOO_LONG',
  'OUTPUT_TOO_LARGE',
] as const satisfies readonly PublicErrorCode[]

/** What both create endpoints may answer. */
export const CREATE_ERRORS = [
  'MISSING_VIDEO_URL',
  'INVALID_UPSCALE_FACTOR',
  'INVALID_PARAMETER',
  'INVALID_WEBHOOK_URL',
  'INVALID_IDEMPOTENCY_KEY',
  'IDEMPOTENCY_KEY_REUSED',
  'QUOTE_NOT_FOUND',
  'QUOTE_EXPIRED',
  'QUOTE_MISMATCH',
  ...SOURCE_ERRORS,
  'MAX_CREDITS_EXCEEDED',
  'INSUFFICIENT_CREDITS',
] as const satisfies readonly PublicErrorCode[]
