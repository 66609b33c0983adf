import type { Socket } from 'node:net'
import { Agent } from 'undici'
import { guardedConnector, type ConnectLimits } from './connect.ts'
import { fetchFailed } from './failure.ts'
import type { SafeFetchPolicy } from './policy.ts'
import type { TransferLimits } from './transfer-fault.ts'

export interface JobLimits extends ConnectLimits, TransferLimits {
  /** From start to end, all requests and pauses together. */
  timeMs: number
}

/** All that serves one source: an agent of its own, one clock, one signal. */
export interface FetchJob extends AsyncDisposable {
  policy: SafeFetchPolicy
  limits: JobLimits
  agent: Agent
  /** The caller's signal or the end of the time. */
  signal: AbortSignal
  /** The connection of the present exchange. */
  connection: { socket: Socket; since: number } | undefined
}

const JOB_OVER = new Error('The fetch is over') // made once: each new one would trace a stack

export function openJob(
  policy: SafeFetchPolicy,
  limits: JobLimits,
  callerSignal: AbortSignal | undefined,
): FetchJob {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(fetchFailed('source_timeout')), limits.timeMs)
  const signal = callerSignal ? AbortSignal.any([callerSignal, stop.signal]) : stop.signal
  const connect = guardedConnector(policy, limits, signal, (socket) => {
    // A second connection within one exchange gets no new time.
    job.connection = { socket, since: job.connection?.since ?? performance.now() }
  })
  const job: FetchJob = {
    policy,
    limits,
    agent: new Agent({
      connect,
      allowH2: false,
      connections: 2,
      pipelining: 0, // no keep-alive: a connection carries one answer, so its bytes can be counted
      keepAliveTimeout: 1,
      maxHeaderSize: 16_384,
    }),
    signal,
    connection: undefined,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      stop.abort(JOB_OVER)
      await job.agent.destroy(JOB_OVER)
    },
  }
  return job
}
