import { setTimeout as sleep } from 'node:timers/promises'

/** Does the work again and again, each time `everyMs` after it last began or later, until it is disposed. */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): AsyncDisposable {
  const stop = new AbortController()
  const rounds = async () => {
    while (!stop.signal.aborted) {
      const next = sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined)
      await work().catch(onFailure)
      await next
    }
  }
  const done = rounds()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}
