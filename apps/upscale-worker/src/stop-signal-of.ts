import { Context } from '@temporalio/activity'

/**
 * When the work of this attempt has to stop: as its own signal says, save that a cancel stops nothing any
 * more once it `isLate`. The work is done then, and is delivered and paid.
 */
export function stopSignalOf(asked: AbortSignal, isLate: () => boolean): AbortSignal {
  const attempt = Context.current() // who cancels is outside of it
  const stop = new AbortController()
  const onAsked = () => {
    const isCancel = attempt.cancellationDetails?.cancelRequested === true
    if (!(isCancel && isLate())) stop.abort(asked.reason)
  }
  if (asked.aborted) onAsked()
  else asked.addEventListener('abort', onAsked, { once: true })
  return stop.signal
}
