import { exchange, type Answer } from './exchange.ts'
import { openJob } from './fetch-job.ts'
import type { Headers } from './headers.ts'
import type { SafeFetchPolicy } from './policy.ts'
import { retryAfterSecondsOf } from './retry-after.ts'
import { checkWebhookUrl } from './url.ts'

export interface WebhookMessage {
  /** Lower-case names; ours are added. */
  headers: Record<string, string>
  /** Sent byte for byte as UTF-8. */
  body: string
  signal?: AbortSignal | undefined
}

export interface WebhookAnswer {
  /** Of the first answer: a redirect is not followed. */
  statusCode: number
  /** The first 1 kB of the answer as text, not yet scrubbed; null where it is empty or compressed. */
  snippet: string | null
  retryAfterSeconds: number | undefined
  durationMs: number
}

/** Times of one attempt, ms. */
export interface WebhookLimits {
  resolveMs: number
  connectMs: number
  /** From start to the end of the answer. */
  timeMs: number
}

const DEFAULTS: WebhookLimits = { resolveMs: 5_000, connectMs: 5_000, timeMs: 10_000 }
const MAX_ANSWER_BYTES = 64 * 1024
const SNIPPET_BYTES = 1024

/**
 * Posts a message to a customer's receiver; any whole answer is returned, whatever its status. Throws
 * INVALID_WEBHOOK_URL, PROBE_FAILED with a fetch key, or the reason of the signal.
 */
export async function postWebhook(
  text: string,
  { headers, body, signal }: WebhookMessage,
  policy: SafeFetchPolicy,
  given: Partial<WebhookLimits> = {},
): Promise<WebhookAnswer> {
  const url = checkWebhookUrl(text, policy)
  const limits = { ...DEFAULTS, ...given }
  const since = performance.now()
  await using job = openJob(policy, { ...limits, headersMs: limits.timeMs }, signal)
  const message = {
    method: 'POST',
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': policy.userAgent,
      ...headers,
    },
    body,
  } as const
  const answer = await exchange(job, url, message, () => MAX_ANSWER_BYTES)
  const start = await startOf(answer)
  return {
    statusCode: answer.status,
    snippet: isPlain(answer.headers) ? snippetOf(start) : null,
    retryAfterSeconds: retryAfterSecondsOf(answer.headers, Date.now()),
    durationMs: Math.round(performance.now() - since),
  }
}

/** Reads the answer to its end or to the cap, and keeps its first bytes. */
async function startOf(answer: Answer): Promise<Buffer> {
  const kept: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of answer.body) {
      if (bytes < SNIPPET_BYTES) kept.push(chunk.subarray(0, SNIPPET_BYTES - bytes))
      bytes += chunk.length
      if (bytes >= MAX_ANSWER_BYTES) break
    }
  } finally {
    answer.close()
  }
  return Buffer.concat(kept)
}

const isPlain = (headers: Headers): boolean =>
  (headers['content-encoding'] ?? 'identity') === 'identity'

/** Readable text alone: what a terminal or a database would stumble over becomes a space. */
function snippetOf(start: Buffer): string | null {
  const cut = new TextDecoder().decode(start, { stream: true }) // half a character at the end is left out
  return cut.replaceAll(/\p{Cc}+/gu, ' ').trim() || null
}
