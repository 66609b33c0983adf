/**
 * The one list of expected failures. A code is at once the API's `error.code`, the Temporal failure
 * type and the value in the task row.
 *
 * `status`: HTTP status, or 'task' where the code appears only in a task's `error`.
 * `final`: Temporal must not retry. `retryable`: the same request may succeed later.
 */
export interface ErrorSpec {
  status: number | 'task'
  final: boolean
  retryable: boolean
}

const spec = (status: number | 'task', retryable = false, final = true): ErrorSpec => ({
  status,
  final,
  retryable,
})

export const ERRORS = {
  MISSING_AUTH_HEADER: spec(401),
  INVALID_AUTH_FORMAT: spec(401),
  INVALID_KEY_FORMAT: spec(401),
  INVALID_API_KEY: spec(401),
  FORBIDDEN: spec(403),
  INVALID_JSON: spec(400),
  MISSING_MODEL: spec(400),
  MISSING_PROMPT: spec(400), // reserved: our model takes no prompt
  INVALID_MODEL: spec(400),
  MISSING_VIDEO_URL: spec(400),
  INVALID_UPSCALE_FACTOR: spec(400),
  INVALID_PARAMETER: spec(400),
  INVALID_WEBHOOK_URL: spec(400),
  INVALID_IDEMPOTENCY_KEY: spec(400),
  UNSUPPORTED_CONTENT_TYPE: spec(400),
  FILE_TOO_LARGE: spec(400),
  INSUFFICIENT_CREDITS: spec(402),
  MAX_CREDITS_EXCEEDED: spec(402),
  TASK_NOT_FOUND: spec(404),
  QUOTE_NOT_FOUND: spec(404),
  DELIVERY_NOT_FOUND: spec(404),
  NO_RESULT: spec(404),
  NOT_FOUND: spec(404),
  METHOD_NOT_ALLOWED: spec(405),
  TASK_NOT_CANCELABLE: spec(409),
  ACTION_REFUSED: spec(409),
  BODY_TOO_LARGE: spec(413),
  UNSUPPORTED_ENCODING: spec(415),
  PROBE_FAILED: spec(422),
  UNSUPPORTED_VIDEO: spec(422),
  SOURCE_TOO_LARGE: spec(422),
  VIDEO_TOO_LONG: spec(422),
  OUTPUT_TOO_LARGE: spec(422),
  QUOTE_EXPIRED: spec(422),
  QUOTE_MISMATCH: spec(422),
  IDEMPOTENCY_KEY_REUSED: spec(422),
  RATE_LIMITED: spec(429, true),
  INTERNAL_ERROR: spec(500, true),
  UPSTREAM_ERROR: spec(502, true),
  SERVICE_UNAVAILABLE: spec(503, true, false),
  GENERATION_FAILED: spec('task', true),
  SOURCE_UNAVAILABLE: spec('task', true),
  SOURCE_CHANGED: spec('task'),
  SOURCE_UNREADABLE: spec('task'),
  UPSCALER_REJECTED: spec('task'),
  UPSCALER_UNAVAILABLE: spec('task', true, false),
  UPSCALER_TIMEOUT: spec('task', true, false),
  OUTPUT_INVALID: spec('task', true),
  TASK_CANCELED: spec('task'),
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS

/** What operators alone are answered: no code of the public API. */
const OPERATOR_CODES = ['ACTION_REFUSED'] as const
export type PublicErrorCode = Exclude<ErrorCode, (typeof OPERATOR_CODES)[number]>

export const isPublicCode = (code: ErrorCode): code is PublicErrorCode =>
  !(OPERATOR_CODES as readonly ErrorCode[]).includes(code)

/** Every code that a customer may meet. */
export const PUBLIC_CODES: readonly PublicErrorCode[] = (Object.keys(ERRORS) as ErrorCode[]).filter(
  isPublicCode,
)

/** What a task's `error` may carry; `INTERNAL_ERROR` is an answer to requests as well. */
export const TASK_CODES: readonly PublicErrorCode[] = PUBLIC_CODES.filter(
  (code) => ERRORS[code].status === 'task' || code === 'INTERNAL_ERROR',
)

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text)

/** Failure types of our own that no customer sees: an operator or a caller of the workflow does. */
export const INTERNAL_FAILURES = [
  'NOT_PARKED',
  'LOST_JOBS',
  'INCOMPLETE_PASS',
  'RECEIVER_BUSY',
] as const
export type InternalFailure = (typeof INTERNAL_FAILURES)[number]

/** Fetch keys go with `PROBE_FAILED` and `SOURCE_UNAVAILABLE`. */
export type FetchKey =
  | 'url_invalid'
  | 'url_scheme_not_allowed'
  | 'url_credentials_not_allowed'
  | 'url_port_not_allowed'
  | 'url_address_not_allowed'
  | 'url_host_not_allowed'
  | 'redirect_downgrade'
  | 'too_many_redirects'
  | 'bad_redirect'
  | 'source_unreachable'
  | 'source_timeout'
  | 'source_too_slow'
  | 'source_bad_response'
  | 'source_truncated'
  | 'source_http_status'
  | 'source_not_video'
  | 'range_not_supported'
  | 'no_duration'

/** Media keys go with `UNSUPPORTED_VIDEO`, and after acceptance with the task codes. */
export type MediaKey =
  | 'format_not_supported'
  | 'codec_not_supported'
  | 'hdr_not_supported'
  | 'frame_rate_too_high'
  | 'too_many_frames'
  | 'too_many_streams'
  | 'no_video_stream'
  | 'video_encrypted'
  | 'video_geometry_invalid'
  | 'media_inconsistent'
  | 'media_crashes_decoder'

export interface AppErrorOptions {
  key?: string | undefined
  param?: string | undefined
  details?: Record<string, unknown> | undefined
  retryAfterSeconds?: number | undefined
  cause?: unknown
}

/** An expected failure. `message` is one English line for people: what is wrong, and what to do. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  /** Finer lower-case name for branching; the code in lower case where there is none. */
  readonly key: string
  /** Body path or header name that the failure is about. */
  readonly param: string | null
  readonly details: Record<string, unknown> | undefined
  /** The same request can succeed no earlier than this. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.key = options.key ?? code.toLowerCase()
    this.param = options.param ?? null
    this.details = options.details
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** What a task row, an admission and a workflow result say of a failure. */
export interface TaskError {
  code: ErrorCode
  key: string
  message: string
  details?: Record<string, unknown> | undefined
}

const RETRYABLE_FETCH_KEYS: readonly string[] = [
  'source_unreachable',
  'source_timeout',
  'source_http_status',
  'source_truncated',
] satisfies FetchKey[]

/** Whether the same request may succeed later: the catalogue's word, for `PROBE_FAILED` the key's. */
export const isRetryable = (code: ErrorCode, key: string): boolean =>
  code === 'PROBE_FAILED' ? RETRYABLE_FETCH_KEYS.includes(key) : ERRORS[code].retryable

export const taskErrorOf = ({ code, key, message, details }: AppError): TaskError => ({
  code,
  key,
  message,
  ...(details && { details }),
})

/** Seconds for people: at most three decimals, no trailing zeros: `8.5`, `10`, `4.533`. */
export const secondsText = (durationMs: number): string => String(durationMs / 1000)

export const probeFailed = (key: FetchKey, reason: string, cause?: unknown): AppError =>
  new AppError('PROBE_FAILED', `Could not read video duration from URL: ${reason}`, { key, cause })

export const unsupportedVideo = (key: MediaKey, message: string): AppError =>
  new AppError('UNSUPPORTED_VIDEO', message, { key })

export const videoTooLong = (durationMs: number): AppError =>
  new AppError('VIDEO_TOO_LONG', `Video is ${secondsText(durationMs)}s long. Maximum is 60s`, {
    details: { duration: durationMs / 1000 },
  })

export const sourceTooLarge = (): AppError =>
  new AppError('SOURCE_TOO_LARGE', 'Source is over 1 GiB')

/** `key` names what the file turned out to be; without it, another file. */
export const sourceChanged = (key?: string): AppError =>
  new AppError('SOURCE_CHANGED', 'The video changed after it was priced', { key })

export const insufficientCredits = (required: number, available: number): AppError =>
  new AppError(
    'INSUFFICIENT_CREDITS',
    `Insufficient credits. Required: ${required}, Available: ${available}`,
    { details: { required, available } },
  )

export const quoteExpired = (param = 'quote_id'): AppError =>
  new AppError('QUOTE_EXPIRED', 'Quote has expired. Ask for a new one', { param })

export const internalError = (cause?: unknown): AppError =>
  new AppError('INTERNAL_ERROR', 'Internal error', { cause })
