import type { HistoryEvent, Line } from './timeline-event.ts'
import { failureText } from './timeline-failure.ts'
import { isObject, readFirst, textOf } from './timeline-payload.ts'

/** Names of a run's updates by the id of the event that accepted them. */
export const updateNamesIn = (events: readonly HistoryEvent[]): Map<string, string> =>
  new Map(
    events.flatMap((event): [string, string][] => {
      const accepted = event.workflowExecutionUpdateAcceptedEventAttributes
      return accepted ? [[String(event.eventId), nameOf(event)]] : []
    }),
  )

/** What an event says of an update: who sent it, with which words, and what came of it. */
export function updateLine(
  event: HistoryEvent,
  names: ReadonlyMap<string, string>,
): Line | undefined {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes
  if (accepted) {
    const { note, actor } = noteOf(accepted.acceptedRequest?.input?.args)
    const who = actor ?? accepted.acceptedRequest?.meta?.identity
    return { what: `update ${nameOf(event)} accepted${note}`, who }
  }
  const admitted = event.workflowExecutionUpdateAdmittedEventAttributes
  if (admitted) {
    const name = admitted.request?.input?.name ?? 'of no name'
    return { what: `update ${name} sent again, since the run was reset` }
  }
  const completed = event.workflowExecutionUpdateCompletedEventAttributes
  if (!completed) return undefined
  const { outcome, acceptedEventId } = completed
  const name = names.get(String(acceptedEventId)) ?? 'of no name'
  const end = outcome?.failure
    ? failureText(outcome.failure)
    : resultText(readFirst(outcome?.success))
  return { what: `update ${name} ${outcome?.failure ? 'failed' : 'completed'}: ${end}` }
}

const nameOf = (event: HistoryEvent): string =>
  event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name ?? 'of no name'

/** An operator's note: nothing, a text, or who and why. */
function noteOf(args: Parameters<typeof readFirst>[0]): { note: string; actor?: string } {
  const note = readFirst(args)
  if (note === undefined || note === null) return { note: '' }
  if (!isObject(note)) return { note: `: ${textOf(note)}` }
  const { actor, reason } = note
  return {
    note: typeof reason === 'string' ? `: ${textOf(reason)}` : `: ${textOf(note)}`,
    ...(typeof actor === 'string' && { actor }),
  }
}

/** An admission or a cancel in words; the answers of the other updates are texts. */
function resultText(result: unknown): string {
  if (!isObject(result)) return textOf(result)
  if (result['cancelRequested'] === true) return 'the work is asked to stop'
  if (result['admitted'] === true) return `admitted for ${textOf(result['creditsUsed'])} credits`
  const { error } = result
  if (result['admitted'] === false && isObject(error)) {
    return `refused, ${textOf(error['code'])}: ${textOf(error['message'])}`
  }
  return textOf(result)
}
