import type { Readable } from 'node:stream'
import { exchangeFailure, fetchFailed } from './failure.ts'
import type { FetchJob } from './fetch-job.ts'
import type { Headers } from './headers.ts'
import { transferFault } from './transfer-fault.ts'

const WATCH_MS = 100

export interface Answer {
  status: number
  headers: Headers
  url: URL
  /** Read once, by one reader; throws PROBE_FAILED, or the reason of the caller's signal. */
  body: AsyncIterable<Uint8Array>
  /** Drops the connection with what is left of the body. */
  close(): void
}

export interface Message {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string | null
}

/** One request and its answer, without redirects. `bodyLimit`: bytes that an answer's body may have. */
export async function exchange(
  job: FetchJob,
  url: URL,
  { method, headers, body: sent = null }: Message,
  bodyLimit: (status: number) => number,
): Promise<Answer> {
  job.connection = undefined
  const watch = startWatch(job)
  const signal = AbortSignal.any([job.signal, watch.signal])
  try {
    const response = await job.agent.request({
      origin: url.origin,
      path: url.href.slice(url.origin.length),
      method,
      headers,
      body: sent,
      signal,
      // Both are reset by each 103 or each byte; the watch has clocks that are not.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const { body, statusCode } = response
    body.on('error', () => {}).once('close', watch.stop)
    watch.startBody(bodyLimit(statusCode))
    return {
      status: statusCode,
      headers: response.headers,
      url,
      body: readBody(body, signal, (bytes) => watch.count(bytes)),
      close: () => void body.destroy(),
    }
  } catch (error) {
    watch.stop()
    signal.throwIfAborted()
    throw exchangeFailure(error, 'headers')
  }
}

async function* readBody(
  body: Readable,
  signal: AbortSignal,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      count(chunk.length)
      yield chunk
    }
  } catch (error) {
    signal.throwIfAborted()
    throw exchangeFailure(error, 'body')
  }
}

/** Looks at the transfer every 100 ms and aborts its signal with what is wrong. */
function startWatch(job: FetchJob) {
  const halt = new AbortController()
  let body: { since: number; bytes: number; last: number; limit: number } | undefined
  const look = () => {
    const rawBytes = job.connection?.socket.bytesRead ?? 0
    const now = performance.now()
    const state = body
      ? {
          phase: 'body' as const,
          ms: now - body.since,
          rawBytes,
          bodyBytes: body.bytes,
          idleMs: now - body.last,
          bodyLimit: body.limit,
        }
      : { phase: 'headers' as const, ms: now - (job.connection?.since ?? now), rawBytes }
    const fault = transferFault(state, job.limits)
    if (fault) halt.abort(fetchFailed(fault))
  }
  const timer = setInterval(look, WATCH_MS)
  return {
    signal: halt.signal,
    stop: () => clearInterval(timer),
    startBody(limit: number) {
      const now = performance.now()
      body = { since: now, bytes: 0, last: now, limit }
    },
    count(bytes: number) {
      if (!body) return
      body.bytes += bytes
      body.last = performance.now()
    },
  }
}
