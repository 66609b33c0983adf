import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { sourceChanged, sourceTooLarge, type AppError } from '@upscale/types'
import { fetchFailed, isPassing } from './failure.ts'
import { openJob, type FetchJob, type JobLimits } from './fetch-job.ts'
import { contentLengthOf, validatorOf, type Headers } from './headers.ts'
import type { SafeFetchPolicy } from './policy.ts'
import { request } from './request.ts'
import { checkUrl } from './url.ts'

export interface DownloadLimits extends JobLimits {
  attempts: number
  /** Pause before the second attempt; before the third it is doubled. */
  retryMs: number
}

const DOWNLOAD_LIMITS: DownloadLimits = {
  attempts: 3,
  retryMs: 1_000,
  timeMs: 600_000,
  resolveMs: 5_000,
  connectMs: 5_000,
  headersMs: 15_000,
  pace: { idleMs: 30_000, graceMs: 10_000, bytesPerSecond: 50_000 },
}

export interface DownloadTarget {
  /** The file to make; it appears whole or not at all. Its folder must exist. */
  path: string
  maxBytes: number
  /** All attempts together; 10 minutes unless given. */
  deadlineMs?: number | undefined
  /** Size that was priced: another one is SOURCE_CHANGED. */
  expectBytes?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((bytes: number, total: number | undefined) => void) | undefined
}

export interface Download {
  bytes: number
  /** Hex. */
  sha256: string
  validator: string | undefined
}

/**
 * Brings a customer's file to `target.path`. Throws PROBE_FAILED with a fetch key, SOURCE_TOO_LARGE or
 * SOURCE_CHANGED; or the signal's reason. Failures of the network are tried again.
 */
export async function download(
  url: string,
  policy: SafeFetchPolicy,
  target: DownloadTarget,
  given: Partial<DownloadLimits> = {},
): Promise<Download> {
  const limits = { ...DOWNLOAD_LIMITS, ...given }
  limits.timeMs = target.deadlineMs ?? limits.timeMs
  const start = checkUrl(url, policy)
  await using job = openJob(policy, limits, target.signal)
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptDownload(job, start, target)
    } catch (error) {
      job.signal.throwIfAborted()
      if (attempt >= limits.attempts || !isPassing(error)) throw error
      await sleep(limits.retryMs * attempt, undefined, { signal: job.signal }).catch(() =>
        job.signal.throwIfAborted(),
      )
    }
  }
}

async function attemptDownload(
  job: FetchJob,
  start: URL,
  target: DownloadTarget,
): Promise<Download> {
  const part = `${target.path}.part`
  const answer = await request(job, start, { accept: [200], bodyLimit: () => target.maxBytes })
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const total = announcedSize(answer.headers, target)
    const measured = async function* (body: AsyncIterable<Uint8Array>) {
      for await (const chunk of body) {
        bytes += chunk.length
        if (bytes > target.maxBytes) throw sourceTooLarge()
        if (bytes > (target.expectBytes ?? Infinity)) throw sourceChanged()
        hash.update(chunk)
        yield chunk
        target.onProgress?.(bytes, total)
      }
    }
    const file = createWriteStream(part, { mode: 0o600, flush: true })
    await once(file, 'open') // else a failure could remove the file before it is there
    await pipeline(answer.body, measured, file)
    if (bytes !== (target.expectBytes ?? bytes)) throw shorter(answer.headers)
    await rename(part, target.path)
  } catch (error) {
    answer.close()
    await rm(part, { force: true })
    throw error
  }
  return { bytes, sha256: hash.digest('hex'), validator: validatorOf(answer.headers) }
}

/** Size that the file will have; refuses a wrong one before its first byte. */
function announcedSize(headers: Headers, target: DownloadTarget): number | undefined {
  const length = contentLengthOf(headers)
  if (length === undefined) return target.expectBytes
  if (length > target.maxBytes) throw sourceTooLarge()
  if (length !== (target.expectBytes ?? length)) throw sourceChanged()
  return length
}

// Without length and chunks the body ends where the connection does: a cut looks like an end.
const shorter = (headers: Headers): AppError =>
  headers['transfer-encoding'] ? sourceChanged() : fetchFailed('source_truncated')
