import { setTimeout as sleep } from 'node:timers/promises'
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'

export interface TemporalConfig {
  address: string
  namespace: string
}

export interface TemporalClient extends AsyncDisposable {
  client: Client
  /** Throws where the server does not answer. */
  check: () => Promise<void>
}

/** A client for one namespace. The connection is made by the first call and heals by itself. */
export function connectTemporal({ address, namespace }: TemporalConfig): TemporalClient {
  const retries = stoppableRetries()
  const { interceptor } = retries
  const connection = Connection.lazy({
    address,
    connectTimeout: '5s',
    interceptors: [interceptor],
  })
  return {
    client: new Client({ connection, namespace }),
    check: async () => {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
    },
    async [Symbol.asyncDispose]() {
      await retries.stop()
      await connection.close()
    },
  }
}

/**
 * The SDK's own retries of calls, which can end: one that finds its channel closed throws from a timer,
 * where nobody can catch it.
 */
function stoppableRetries() {
  const usual = defaultGrpcRetryOptions()
  let isStopped = false
  let lastAt = 0
  return {
    interceptor: makeGrpcRetryInterceptor({
      retryableDecider: (attempt, status) => !isStopped && usual.retryableDecider(attempt, status),
      delayFunction(attempt, status) {
        const delayMs = usual.delayFunction(attempt, status)
        lastAt = Math.max(lastAt, performance.now() + delayMs)
        return delayMs
      },
    }),
    /** Resolves when the last one that was put off has begun. */
    async stop(): Promise<void> {
      isStopped = true
      const leftMs = lastAt - performance.now()
      if (leftMs > 0) await sleep(leftMs + TIMER_SLACK_MS)
    },
  }
}

const TIMER_SLACK_MS = 10
