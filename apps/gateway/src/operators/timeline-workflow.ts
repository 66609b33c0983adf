import { lengthText } from './timeline-event.ts'
import type { HistoryEvent, Line } from './timeline-event.ts'
import { failureText } from './timeline-failure.ts'
import { isObject, readFirst, readPayload, textOf } from './timeline-payload.ts'
import { msOf } from './temporal-time.ts'

const RESETTER = 'history-resetter' // how the server ends a run that is reset
const RESET_CAUSE = 20 // temporal.api.enums.v1.WorkflowTaskFailedCause.RESET_WORKFLOW

/** The event in which a Reset made a run out of another one. */
export function resetIn(
  event: HistoryEvent,
): HistoryEvent['workflowTaskFailedEventAttributes'] | undefined {
  const failed = event.workflowTaskFailedEventAttributes
  return failed && Number(failed.cause) === RESET_CAUSE ? failed : undefined
}

/** Timers of a run in words, by the id of the event that started them. */
export const timersIn = (events: readonly HistoryEvent[]): Map<string, string> =>
  new Map(
    events.flatMap((event): [string, string][] => {
      const timer = event.timerStartedEventAttributes
      if (!timer) return []
      const summary = readPayload(event.userMetadata?.summary)
      const length = lengthText(msOf(timer.startToFireTimeout))
      const what = summary === undefined ? length : `${length}: ${textOf(summary)}`
      return [[String(event.eventId), what]]
    }),
  )

/** What an event says of the run itself. */
export const runLine = (
  event: HistoryEvent,
  run: { runId: string; isFirst: boolean },
  timers: ReadonlyMap<string, string>,
): Line | undefined =>
  startLine(event, run) ??
  taskLine(event) ??
  timerLine(event, timers) ??
  stopLine(event) ??
  endLine(event)

function startLine(
  { workflowExecutionStartedEventAttributes: started }: HistoryEvent,
  { runId, isFirst }: { runId: string; isFirst: boolean },
): Line | undefined {
  if (!started) return undefined
  const again = isFirst ? '' : ' again'
  return {
    what: `run ${runId} started${again}: ${jobText(readFirst(started.input))}`,
    who: started.identity,
  }
}

function jobText(job: unknown): string {
  if (!isObject(job)) return textOf(job)
  const { factor, accountId, generation } = job
  const from = typeof generation === 'number' ? `, generation ${generation}` : ''
  return `${textOf(factor)}x for ${textOf(accountId)}${from}`
}

function taskLine(event: HistoryEvent): Line | undefined {
  const reset = resetIn(event)
  if (reset) {
    const { baseRunId, newRunId, failure } = reset
    // Who did it is not kept: the server names itself.
    return { what: `run ${baseRunId} was reset to run ${newRunId}: ${failureText(failure)}` }
  }
  const failed = event.workflowTaskFailedEventAttributes
  if (!failed) return undefined
  return { what: `workflow task failed: ${failureText(failed.failure)}`, who: failed.identity }
}

function timerLine(event: HistoryEvent, timers: ReadonlyMap<string, string>): Line | undefined {
  if (event.timerStartedEventAttributes) {
    return { what: `waits up to ${timers.get(String(event.eventId))}` }
  }
  const fired = event.timerFiredEventAttributes
  if (!fired) return undefined
  return { what: `time ran out after ${timers.get(String(fired.startedEventId))}` }
}

/** What people do to a run from outside. */
function stopLine(event: HistoryEvent): Line | undefined {
  const asked = event.workflowExecutionCancelRequestedEventAttributes
  if (asked) return { what: `cancel requested${because(asked.cause)}`, who: asked.identity }
  const terminated = event.workflowExecutionTerminatedEventAttributes
  if (terminated?.identity === RESETTER) return { what: 'run ended by a reset' }
  if (terminated) {
    return { what: `run terminated${because(terminated.reason)}`, who: terminated.identity }
  }
  const paused = event.workflowExecutionPausedEventAttributes
  if (paused) return { what: `run paused${because(paused.reason)}`, who: paused.identity }
  const unpaused = event.workflowExecutionUnpausedEventAttributes
  if (unpaused) return { what: `run goes on${because(unpaused.reason)}`, who: unpaused.identity }
  const signaled = event.workflowExecutionSignaledEventAttributes
  if (!signaled) return undefined
  return { what: `signal ${signaled.signalName} received`, who: signaled.identity }
}

const because = (reason: string | null | undefined): string => (reason ? `: ${reason}` : '')

function endLine(event: HistoryEvent): Line | undefined {
  const completed = event.workflowExecutionCompletedEventAttributes
  if (completed) return { what: `run ended: ${outcomeText(readFirst(completed.result))}` }
  const failed = event.workflowExecutionFailedEventAttributes
  if (failed) return { what: `run failed: ${failureText(failed.failure)}` }
  if (event.workflowExecutionCanceledEventAttributes) return { what: 'run ended as canceled' }
  if (event.workflowExecutionTimedOutEventAttributes) return { what: 'run timed out' }
  return undefined
}

function outcomeText(result: unknown): string {
  if (!isObject(result)) return textOf(result)
  const { outcome, error, size, creditsUsed } = result
  if (isObject(error)) {
    return `${textOf(outcome)}, ${textOf(error['code'])}: ${textOf(error['message'])}`
  }
  return `${textOf(outcome)}, ${textOf(size)}, ${textOf(creditsUsed)} credits`
}
