import { AppError, probeFailed, type FetchKey } from '@upscale/types'

/** Why, for the customer. Never an address, a port's state or the kind of failed connection. */
const REASONS = {
  url_invalid: 'it is not a valid URL of at most 2048 characters',
  url_scheme_not_allowed: 'it must start with https:// or http://',
  url_credentials_not_allowed: 'it must not hold a user name or password. Use a signed URL',
  url_port_not_allowed: 'only ports 443 and 80 are allowed',
  url_address_not_allowed: 'its host is not at a public address',
  url_host_not_allowed: 'its host name is not a public one',
  redirect_downgrade: 'it redirects from https to http',
  too_many_redirects: 'it redirects more than 3 times',
  bad_redirect: 'it redirects without a valid Location',
  source_unreachable: 'the server could not be reached. Check the host name and its certificate',
  source_timeout: 'the server took too long',
  source_too_slow: 'the server sends less than 50 kB per second',
  source_bad_response: 'the server sent a broken answer',
  source_truncated: 'the server closed the connection before the end of the file',
  source_http_status: 'the server refused the request',
  source_not_video: 'the page is not a video',
  range_not_supported:
    'the server ignores Range requests and the needed bytes are too far into the file. Use a host with ranges, or put the header first (faststart)',
  no_duration: 'its header could not be read within 16 requests and 16 MiB',
} as const satisfies Record<FetchKey, string>

/** `PROBE_FAILED` with the key's own reason, unless a finer one is given. */
export const fetchFailed = (
  key: FetchKey,
  reason: string = REASONS[key],
  cause?: unknown,
): AppError => probeFailed(key, reason, cause)

/** What is wrong with a receiver's URL. */
export const webhookUrlRefused = (key: FetchKey): AppError => {
  const reason = key === 'url_scheme_not_allowed' ? 'it must start with https://' : REASONS[key]
  const message = `webhook_url must be a public https URL: ${reason}`
  return new AppError('INVALID_WEBHOOK_URL', message, { key, param: 'webhook_url' })
}

export const badResponse = (reason: string): AppError => fetchFailed('source_bad_response', reason)

class HttpStatus extends Error {
  readonly status: number

  constructor(status: number) {
    super(`HTTP ${status}`)
    this.status = status
  }
}

export const statusFailed = (status: number): AppError =>
  fetchFailed('source_http_status', `the server answered ${status}`, new HttpStatus(status))

const PASSING_KEYS: readonly string[] = [
  'source_unreachable',
  'source_timeout',
  'source_truncated',
] satisfies FetchKey[]

/** Whether a second attempt may go better at once: the network failed, or the server was busy. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  const { cause, key } = error
  if (cause instanceof HttpStatus) return cause.status === 429 || cause.status >= 500
  return PASSING_KEYS.includes(key)
}

/** What a failed exchange means; `phase`: what we were waiting for. */
export function exchangeFailure(error: unknown, phase: 'headers' | 'body'): AppError {
  if (error instanceof AppError) return error
  if (isBroken(error, phase)) return fetchFailed('source_bad_response', undefined, error)
  return fetchFailed(phase === 'body' ? 'source_truncated' : 'source_unreachable', undefined, error)
}

// undici's words for bytes that are not HTTP, endless headers and an upgrade that nobody asked for.
function isBroken(error: unknown, phase: 'headers' | 'body'): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'HTTPParserError' || error.name === 'HeadersOverflowError') return true
  // Before the body, a wrong length means two lengths: Content-Length twice, or beside chunks.
  if (error.name === 'ResponseContentLengthMismatchError') return phase === 'headers'
  return error.message === 'bad upgrade' || error.message === 'bad response'
}
