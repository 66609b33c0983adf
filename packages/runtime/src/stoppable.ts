import { cancellationSignal } from '@temporalio/activity'

/**
 * Runs activity work that a cancel, pause, reset, timeout or shutdown may stop. What the work throws
 * because it was stopped is replaced by the signal's reason: Temporal takes an AbortError for a cancel.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = cancellationSignal()
  try {
    return await work(signal)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
