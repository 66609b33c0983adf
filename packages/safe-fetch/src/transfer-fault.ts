import type { FetchKey } from '@upscale/types'

/** Times of one exchange, ms. */
export interface TransferLimits {
  /** From the connection to the final headers, however many 103 come in between. */
  headersMs: number
  /** Only a reader that never pauses by itself can judge a server's pace. */
  pace?: { idleMs: number; graceMs: number; bytesPerSecond: number } | undefined
}

/** How far one exchange is; `ms` since the connection (headers) or since the headers (body). */
export type TransferState =
  | { phase: 'headers'; ms: number; rawBytes: number }
  | {
      phase: 'body'
      ms: number
      rawBytes: number
      bodyBytes: number
      idleMs: number
      /** Bytes that the body may have. */
      bodyLimit: number
    }

const MAX_RAW_HEADER_BYTES = 256 * 1024
const RAW_ALLOWANCE = 1024 * 1024 // headers, chunk lines and TLS records of a small body

/**
 * What is wrong with a transfer by now. Raw bytes count beside body bytes, since floods of 103 answers
 * or of chunk extensions carry no body at all.
 */
export function transferFault(state: TransferState, limits: TransferLimits): FetchKey | undefined {
  if (state.phase === 'headers') {
    if (state.rawBytes > MAX_RAW_HEADER_BYTES) return 'source_bad_response'
    return state.ms > limits.headersMs ? 'source_timeout' : undefined
  }
  if (state.rawBytes > state.bodyLimit * 1.05 + RAW_ALLOWANCE) return 'source_bad_response'
  if (!limits.pace) return undefined
  if (state.idleMs > limits.pace.idleMs) return 'source_timeout'
  const isSlow = state.bodyBytes < (limits.pace.bytesPerSecond * state.ms) / 1000
  return state.ms > limits.pace.graceMs && isSlow ? 'source_too_slow' : undefined
}
