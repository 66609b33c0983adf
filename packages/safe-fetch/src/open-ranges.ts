import { MAX_SOURCE_BYTES } from '@upscale/types'
import { FIRST_READ, type ReadBudget, type ReadCost } from './byte-source.ts'
import { fetchFailed } from './failure.ts'
import { openJob, type JobLimits } from './fetch-job.ts'
import type { SafeFetchPolicy } from './policy.ts'
import { rangedSource, type AskRange } from './ranged-source.ts'
import { request } from './request.ts'
import { streamedSource } from './streamed-source.ts'
import { checkUrl } from './url.ts'

export interface RangeLimits extends JobLimits, ReadBudget {}

const PROBE_LIMITS: RangeLimits = {
  requests: 16,
  bytes: 16 * 1024 * 1024,
  streamBytes: 64 * 1024 * 1024,
  timeMs: 12_000,
  resolveMs: 2_000,
  connectMs: 2_000,
  headersMs: 3_000,
}

/** A customer's file, open for reading. */
export interface RangeReader extends AsyncDisposable {
  /** Bytes of the file; undefined as long as the server did not tell. */
  readonly size: number | undefined
  /** ETag or Last-Modified. */
  readonly validator: string | undefined
  /** Up to `length` bytes from `offset` on, fewer at the end of the file; known bytes cost nothing. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** Body bytes, requests (redirects too) and milliseconds so far. */
  cost(): { bytes: number; requests: number; ms: number }
}

/**
 * Opens a customer's URL for reading a few pieces, and reads the first 64 KiB. Throws PROBE_FAILED with
 * a fetch key or SOURCE_TOO_LARGE, at any read; or the signal's reason.
 */
export async function openRanges(
  url: string,
  policy: SafeFetchPolicy,
  given: Partial<RangeLimits> = {},
  signal?: AbortSignal,
): Promise<RangeReader> {
  const limits = { ...PROBE_LIMITS, ...given }
  const start = checkUrl(url, policy)
  const since = performance.now()
  const cost: ReadCost = { bytes: 0, requests: 0 }
  await using stack = new AsyncDisposableStack()
  const job = stack.use(openJob(policy, limits, signal))

  const ask = (from: URL, accept: readonly number[], offset: number, end: number) =>
    request(job, from, {
      range: `bytes=${offset}-${end - 1}`,
      accept,
      bodyLimit: (status) => (status === 206 ? end - offset : limits.streamBytes),
      beforeRequest: () => {
        if (++cost.requests > limits.requests) throw fetchFailed('no_duration')
      },
    })

  const first = await ask(start, [200, 206, 416], 0, FIRST_READ)
  const askRange: AskRange = (offset, end) => ask(first.url, [206, 416], offset, end)
  const source =
    first.status === 200
      ? await streamedSource(first, limits, cost)
      : await rangedSource(first, FIRST_READ, askRange, limits, cost)

  const inTurn = createTurns()
  const open = stack.move()
  return {
    get size() {
      return source.size
    },
    validator: source.validator,
    read: (offset, length) =>
      inTurn(() => source.readTo(offset, Math.min(offset + length, MAX_SOURCE_BYTES))),
    cost: () => ({ ...cost, ms: Math.round(performance.now() - since) }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Runs one piece of work at a time. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
