import { videoTooLong } from '@upscale/types'
import type { PublicErrorCode } from '@upscale/types'

/** What a person needs to know of a code, and how it looks. */
export interface ErrorHelp {
  when: string
  fix: string
  /** A message as it comes. */
  message: string
  /** The code in lower case where it is left out. */
  key?: string
  param?: string
  details?: Readonly<Record<string, unknown>>
}

const SEND_KEY = 'Send `Authorization: Bearer <key>` with every request.'

/** One entry for each code that a customer may meet. */
export const ERROR_HELP: Record<PublicErrorCode, ErrorHelp> = {
  MISSING_AUTH_HEADER: {
    when: 'The request has no `Authorization` header, or an empty one.',
    fix: SEND_KEY,
    message: 'Authorization header is required',
    param: 'Authorization',
  },
  INVALID_AUTH_FORMAT: {
    when: 'The `Authorization` header is not of the form `Bearer <key>`.',
    fix: SEND_KEY,
    message: 'Authorization must be "Bearer <key>"',
    param: 'Authorization',
  },
  INVALID_KEY_FORMAT: {
    when: 'What follows `Bearer` does not start with `sk-`.',
    fix: 'Check that you copied the whole key, and one of ours.',
    message: 'API keys start with "sk-"',
    param: 'Authorization',
  },
  INVALID_API_KEY: {
    when: 'The key is unknown, mistyped, expired or revoked; we do not say which.',
    fix: 'Use another key of your account.',
    message: 'Invalid or inactive API key',
    param: 'Authorization',
  },
  FORBIDDEN: {
    when: 'A live key is used, and its account has neither a paid plan nor a credit pack.',
    fix: 'Choose a plan or buy a pack. Test keys work without.',
    message: 'API access requires a paid plan or credit pack',
  },
  INVALID_JSON: {
    when: 'The body is empty, broken, not in UTF-8, or something else than a JSON object.',
    fix: 'Send one JSON object, such as `{ "video_url": "https://…" }`.',
    message: 'Invalid JSON body',
  },
  MISSING_PROMPT: {
    when: 'Never at present: the code is reserved, since no model of ours takes a prompt.',
    fix: 'Nothing.',
    message: 'prompt is required',
    param: 'prompt',
  },
  MISSING_MODEL: {
    when: '`POST /generate` was called without `model`.',
    fix: 'Send `"model": "topaz-video-upscale"`; `GET /models` lists what there is.',
    message: 'model is required',
    param: 'model',
  },
  INVALID_MODEL: {
    when: '`POST /generate` names a model that we do not have.',
    fix: 'Use one that `GET /models` lists.',
    message: 'Unknown model "x". Available: topaz-video-upscale',
    param: 'model',
  },
  MISSING_VIDEO_URL: {
    when: '`video_url` is absent, null, empty or not a text. In `POST /generate` it stands in `input`.',
    fix: 'Send the public http(s) URL of your video.',
    message: 'video_url is required',
    param: 'video_url',
  },
  INVALID_UPSCALE_FACTOR: {
    when: '`upscale_factor` is something else than `"1"`, `"2"` or `"4"`; a number or `null` too.',
    fix: 'Send it as a text, or leave it out for `"2"`.',
    message: 'upscale_factor must be "1", "2" or "4"',
    param: 'upscale_factor',
  },
  INVALID_PARAMETER: {
    when: 'A field, query parameter or header is not valid; `param` names it.',
    fix: 'Read the message: it says what is allowed.',
    message: 'limit must be between 1 and 100',
    param: 'limit',
  },
  INVALID_WEBHOOK_URL: {
    when: '`webhook_url` is not a public https URL; `key` says why.',
    fix: 'Use an https URL that everybody on the internet can reach.',
    message: 'webhook_url must be a public https URL: its host is not at a public address',
    key: 'url_address_not_allowed',
    param: 'webhook_url',
  },
  INVALID_IDEMPOTENCY_KEY: {
    when: 'The `Idempotency-Key` is empty, too long, or holds spaces or other letters than ASCII.',
    fix: 'Send 1 to 255 visible characters, such as a UUID.',
    message: 'Idempotency-Key must be 1–255 visible characters',
    param: 'Idempotency-Key',
  },
  UNSUPPORTED_CONTENT_TYPE: {
    when: 'The file to upload is of a type that we do not read.',
    fix: 'Upload MP4, MOV or MKV, and send the same `Content-Type` with the file.',
    message: 'contentType must be video/mp4, video/quicktime or video/x-matroska',
    param: 'contentType',
  },
  FILE_TOO_LARGE: {
    when: 'The file to upload has more than 100 MB.',
    fix: 'Compress or cut it, or put it on a host of yours and send its URL (up to 1 GiB).',
    message: 'File is 120.0 MB; max for video is 100 MB',
    param: 'sizeBytes',
  },
  INSUFFICIENT_CREDITS: {
    when: 'The price is above your balance.',
    fix: 'Add credits, send a shorter video, or choose a smaller factor. A quote shows the price first.',
    message: 'Insufficient credits. Required: 144, Available: 45',
    details: { required: 144, available: 45 },
  },
  MAX_CREDITS_EXCEEDED: {
    when: 'The price is above the `max_credits` that you sent.',
    fix: 'Allow more, send a shorter video, or choose a smaller factor.',
    message: 'Price is 144 credits, max_credits is 100',
    param: 'max_credits',
    details: { price: 144, max_credits: 100 },
  },
  TASK_NOT_FOUND: {
    when: 'Your account has no task with that id. Test and live keys see only their own tasks.',
    fix: 'Check the id, and that the key is the one that made the task.',
    message: 'Task not found',
  },
  QUOTE_NOT_FOUND: {
    when: 'Your account has no quote with that id, or a task that used it was deleted.',
    fix: 'Ask for a new quote.',
    message: 'Quote not found',
    param: 'quote_id',
  },
  DELIVERY_NOT_FOUND: {
    when: 'Your account has no webhook delivery with that id; deliveries are kept 30 days.',
    fix: 'Find it with `GET /webhooks/deliveries`.',
    message: 'Delivery not found',
  },
  NO_RESULT: {
    when: 'There is no file under this link: the time of the result or upload is over, its task was deleted, or nothing was uploaded yet.',
    fix: 'Result: download it before `output.expires_at`, or upscale the video again. Upload: send the file to its `uploadUrl`; after 24 hours ask for a new one with `POST /upload`.',
    message: 'The result has expired',
  },
  NOT_FOUND: {
    when: 'There is no such endpoint.',
    fix: 'Check the path: it is case-sensitive, starts with `/api/v1` and ends without a slash.',
    message: 'No such endpoint: GET /api/v1/task',
  },
  METHOD_NOT_ALLOWED: {
    when: 'The path exists with other methods.',
    fix: 'Use one of those that the `Allow` header lists.',
    message: 'Use POST',
  },
  TASK_NOT_CANCELABLE: {
    when: 'A task that has ended, or is about to, was to be canceled; or one that still runs was to be deleted.',
    fix: 'Read the task. Cancel a running one before you delete it.',
    message: 'Task is already completed',
  },
  BODY_TOO_LARGE: {
    when: 'The body has more than 32 kB.',
    fix: 'Send the URL of the video, not the video. `POST /upload` takes files.',
    message: 'Body exceeds 32 kB',
  },
  UNSUPPORTED_ENCODING: {
    when: 'The body is compressed, or in another charset than UTF-8.',
    fix: 'Send plain UTF-8 without `Content-Encoding`.',
    message: 'Send plain UTF-8 JSON',
    param: 'Content-Encoding',
  },
  PROBE_FAILED: {
    when: 'The URL was refused, or what is behind it could not be read; `key` says why.',
    fix: 'Check that the URL opens without a login in a private browser window and gives the file itself.',
    message: 'Could not read video duration from URL: the server answered 404',
    key: 'source_http_status',
    param: 'video_url',
  },
  UNSUPPORTED_VIDEO: {
    when: 'We read the file, but it is outside of what we take; `key` says why.',
    fix: 'Export it as an MP4, MOV or MKV with a usual codec.',
    message: 'webm is not supported. Use MP4, MOV or MKV',
    key: 'format_not_supported',
    param: 'video_url',
  },
  SOURCE_TOO_LARGE: {
    when: 'The file has more than 1 GiB.',
    fix: 'Compress or cut it.',
    message: 'Source is over 1 GiB',
    param: 'video_url',
  },
  VIDEO_TOO_LONG: {
    when: 'The video is longer than 60 s; `details.duration` says how long. 60.000 s is accepted.',
    fix: 'Cut it.',
    message: videoTooLong(74_200).message,
    param: 'video_url',
    details: { duration: 74.2 },
  },
  OUTPUT_TOO_LARGE: {
    when: 'A side of the result would have more than 8192 pixels.',
    fix: 'Use the factor in `details.max_factor`, or a smaller video.',
    message: '4x of 2560×1440 exceeds 8192 px. Largest factor is 2',
    param: 'upscale_factor',
    details: { max_factor: '2' },
  },
  QUOTE_EXPIRED: {
    when: 'The quote is older than 15 minutes.',
    fix: 'Ask for a new one.',
    message: 'Quote has expired. Ask for a new one',
    param: 'quote_id',
  },
  QUOTE_MISMATCH: {
    when: 'The quote was made for another URL or factor.',
    fix: 'Send exactly what was quoted, or ask for a new quote.',
    message: 'The quote was made for another video_url or upscale_factor',
    param: 'quote_id',
  },
  IDEMPOTENCY_KEY_REUSED: {
    when: 'In the last 7 days the key was used with another request.',
    fix: 'Use a new key for a new request, and the same key only to repeat the same request.',
    message: 'Idempotency-Key was used with another request',
    param: 'Idempotency-Key',
  },
  RATE_LIMITED: {
    when: 'The daily quota, a burst limit, or the number of open tasks, streams or uploads is used up; or your address sent too many requests, or too many keys that were no good.',
    fix: 'Wait as long as `Retry-After` says. [Limits](/docs/limits) lists them all.',
    message: 'Rate limit exceeded. Limit: 500/day. Resets at: 2026-02-15T00:00:00.000Z',
  },
  UPSTREAM_ERROR: {
    when: 'The storage of uploads and results does not answer.',
    fix: 'Try again in some seconds.',
    message: 'Storage is not reachable. Try again in some seconds',
  },
  INTERNAL_ERROR: {
    when: 'A fault of ours that we did not foresee.',
    fix: 'Try again, with the same `Idempotency-Key`; if it stays, tell us the request id.',
    message: 'Internal error. Quote request id req_8sYv3Kq0TzLb5NcWd1RfXh7P',
  },
  SERVICE_UNAVAILABLE: {
    when: 'A part of ours does not answer, or restarts.',
    fix: 'Try again after the seconds in `Retry-After`, with the same `Idempotency-Key`.',
    message: 'Try again in 5 s',
  },
  GENERATION_FAILED: {
    when: 'The upscale failed without a finer reason.',
    fix: 'Try again as a new task; if it fails again, tell us the task id.',
    message: 'The upscale failed',
    key: 'generic',
  },
  SOURCE_UNAVAILABLE: {
    when: 'The video was accepted, and could not be downloaded any more when its turn came.',
    fix: 'Keep the URL valid for an hour or longer; signed URLs often end sooner.',
    message: 'The video could no longer be downloaded',
    key: 'source_http_status',
  },
  SOURCE_CHANGED: {
    when: 'The file behind the URL has another size or length than the one that was priced.',
    fix: 'Send the URL again: the new file gets its own price.',
    message: 'The video changed after it was priced',
  },
  SOURCE_UNREADABLE: {
    when: 'The video was accepted by its header, and what follows does not bear that out or cannot be decoded; `key` says why.',
    fix: 'Export the video again.',
    message: 'The video could not be decoded',
    key: 'source_unreadable',
  },
  UPSCALER_REJECTED: {
    when: 'The upscaler does not take this video.',
    fix: 'Try another export of it, or another file.',
    message: 'The upscaler refused this video',
  },
  UPSCALER_UNAVAILABLE: {
    when: 'The upscaler did not work, and nobody could mend it while the task waited.',
    fix: 'Try again later.',
    message: 'The upscaler has no disk space left',
    key: 'disk_full',
  },
  UPSCALER_TIMEOUT: {
    when: 'The upscaler did not finish in time, after several attempts.',
    fix: 'Try again later.',
    message: 'The upscaler did not answer in time',
  },
  OUTPUT_INVALID: {
    when: 'The result did not pass our checks of size, length and readability, so it was not delivered.',
    fix: 'Try again.',
    message: 'The result failed verification: it could not be decoded',
  },
  TASK_CANCELED: {
    when: 'You canceled the task.',
    fix: 'Nothing.',
    message: 'Canceled by the customer',
  },
}
