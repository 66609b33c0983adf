import { createHash } from 'node:crypto'
import { ERRORS } from '@upscale/types'
import type { ErrorCode } from '@upscale/types'
import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'

/** When each code comes, and what to do. */
const HELP: Record<ErrorCode, string> = {
  MISSING_AUTH_HEADER:
    'The request has no Authorization header. Send "Authorization: Bearer <key>".',
  INVALID_AUTH_FORMAT: 'The Authorization header is not of the form "Bearer <key>".',
  INVALID_KEY_FORMAT: 'API keys start with "sk-". Check that you copied the whole key.',
  INVALID_API_KEY: 'The key is unknown, mistyped, expired or revoked. Use another one.',
  FORBIDDEN: 'The account has no API access. Choose a paid plan or buy a credit pack.',
  INVALID_JSON: 'The body is not a JSON object in UTF-8.',
  MISSING_PROMPT: 'Reserved: no model of ours takes a prompt.',
  MISSING_MODEL: 'POST /generate needs "model". GET /models lists them.',
  INVALID_MODEL: 'There is no such model. GET /models lists them.',
  MISSING_VIDEO_URL: 'Send "video_url", the public http(s) URL of your video.',
  INVALID_UPSCALE_FACTOR: '"upscale_factor" is a text: "1", "2" or "4".',
  INVALID_PARAMETER: 'A field or header is not valid; "param" names it and the message says why.',
  INVALID_WEBHOOK_URL:
    'The "webhook_url" must be a public https URL; "key" says why this one is not.',
  INVALID_IDEMPOTENCY_KEY: 'An Idempotency-Key has 1 to 255 visible ASCII characters.',
  UNSUPPORTED_CONTENT_TYPE: 'Upload MP4, MOV or MKV, and send the same type with the file.',
  FILE_TOO_LARGE: 'An upload has at most 100 MB. Compress or cut it.',
  INSUFFICIENT_CREDITS: 'The price is above your balance. Add credits, or send a shorter video.',
  MAX_CREDITS_EXCEEDED: 'The price is above the "max_credits" that you sent. Nothing was charged.',
  TASK_NOT_FOUND: 'This account has no task with that id. Test and live keys see their own tasks.',
  QUOTE_NOT_FOUND: 'This account has no quote with that id. Ask for a new one.',
  DELIVERY_NOT_FOUND: 'This account has no webhook delivery with that id.',
  NO_RESULT: 'There is no result under this link any more. Upscale the video again.',
  NOT_FOUND: 'There is no such endpoint. Check the path; it is case-sensitive.',
  METHOD_NOT_ALLOWED: 'The path exists with other methods; the Allow header lists them.',
  TASK_NOT_CANCELABLE: 'The task has ended already.',
  ACTION_REFUSED: 'For operators: the state does not allow it; the message says what can be done.',
  BODY_TOO_LARGE: 'The body is over 32 kB.',
  UNSUPPORTED_ENCODING: 'Send the body as plain UTF-8, without compression.',
  PROBE_FAILED: 'The URL could not be read; "key" says why. Check that it opens without a login.',
  UNSUPPORTED_VIDEO:
    'We read the file, but it is not for us; "key" says why. Send MP4, MOV or MKV.',
  SOURCE_TOO_LARGE: 'The file is over 1 GiB. Compress or cut it.',
  VIDEO_TOO_LONG: 'The video is longer than 60 s. Cut it.',
  OUTPUT_TOO_LARGE: 'The result would be larger than 8192 pixels. Choose a smaller factor.',
  QUOTE_EXPIRED: 'A quote holds for 15 minutes. Ask for a new one.',
  QUOTE_MISMATCH: 'The quote was made for another URL or factor. Send what was quoted.',
  IDEMPOTENCY_KEY_REUSED: 'The key stands for another request. Use a new key for a new request.',
  RATE_LIMITED: 'Too many requests, tasks or streams. Wait as long as "Retry-After" says.',
  UPSTREAM_ERROR: 'The storage is not reachable. Try again in some seconds.',
  INTERNAL_ERROR: 'A fault of ours. Try again; if it stays, tell us the request id.',
  SERVICE_UNAVAILABLE: 'A part of ours does not answer. Try again in some seconds.',
  GENERATION_FAILED: 'The upscale failed and was refunded. Try again.',
  SOURCE_UNAVAILABLE: 'The video could not be fetched any more. Check the URL and try again.',
  SOURCE_CHANGED: 'The file behind the URL changed after it was accepted. Send it again.',
  SOURCE_UNREADABLE: 'The video is damaged and cannot be decoded. Export it again.',
  UPSCALER_REJECTED: 'The upscaler cannot process this video. Try another file.',
  UPSCALER_UNAVAILABLE: 'The upscaler did not work for a long time. Try again later.',
  UPSCALER_TIMEOUT: 'The upscale took too long. Try again later.',
  OUTPUT_INVALID: 'The result did not pass our checks and was not delivered. Try again.',
  TASK_CANCELED: 'You canceled the task.',
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0}tr:target{background:#ff9}'
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`

const rowOf = ([code, { status, retryable }]: [string, (typeof ERRORS)[ErrorCode]]): string =>
  `<tr id="${code}"><td><code>${code}</code></td><td>${status === 'task' ? 'failed task' : status}</td>` +
  `<td>${retryHint(code, retryable)}</td><td>${textOf(HELP[code as ErrorCode])}</td></tr>`

/** Whether a probe may be tried again is said by its key. */
const retryHint = (code: string, retryable: boolean): string => {
  if (code === 'PROBE_FAILED') return 'see <code>retryable</code>'
  return retryable ? 'yes' : 'no'
}

const textOf = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Errors</title><style>${STYLE}</style>
<h1>Errors</h1>
<p>A failed task was refunded before it shows its error; a refused request was never charged.</p>
<table><tr><th>Code</th><th>HTTP status</th><th>Retry may help</th><th>When, and what to do</th></tr>
${Object.entries(ERRORS).map(rowOf).join('\n')}
</table></html>
`

const run: Operation = async (_ctx, _req, res) => {
  res.setHeader('Content-Security-Policy', POLICY)
  res.setHeader('Cache-Control', 'public, max-age=3600')
  res.type('html').send(PAGE)
}

export const listErrors: Endpoint = {
  id: 'listErrors',
  method: 'GET',
  path: '/docs/errors',
  access: 'public',
  tag: 'Documents',
  summary: 'Every error code, for people',
  description: 'The page that `doc_url` of each error points to.',
  answers: { 200: { description: 'The page', media: { 'text/html': z.string() } } },
  errors: [],
  run,
}
