import type { Client } from '@temporalio/client'

/** A place in a history that the server takes a workflow back to. */
export interface ResetPoint {
  eventId: number
  event:
    'WorkflowTaskStarted' | 'WorkflowTaskCompleted' | 'WorkflowTaskFailed' | 'WorkflowTaskTimedOut'
  /** What the new run knows last. */
  after: string
  /** Activities whose end the new run knows. */
  ended: ReadonlySet<string>
  /** Updates that it knows. */
  updates: ReadonlySet<string>
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>
type HistoryEvent = NonNullable<History['events']>[number]

/** Every event of the run, in order, that a reset may name. */
export function resetPointsOf({ events }: History): ResetPoint[] {
  const names = namesOf(events ?? [])
  const points: ResetPoint[] = []
  const ended = new Set<string>()
  const updates = new Set<string>()
  let after = 'the start'
  for (const event of events ?? []) {
    const activity = endOf(event)
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input
    if (activity !== undefined) {
      after = names.get(activity) ?? '?'
      ended.add(after)
    }
    if (update?.name) updates.add(update.name)
    const kind = taskEventOf(event)
    if (!kind) continue
    const known = { after, ended: new Set(ended), updates: new Set(updates) }
    points.push({ eventId: Number(event.eventId), event: kind, ...known })
  }
  return points
}

/** The events of a run for a person who looks into it: number, and what it was. */
export function describeHistory({ events }: History): string[] {
  const names = namesOf(events ?? [])
  return (events ?? []).map((event) => {
    const kind = Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '?'
    const scheduled = endOf(event) ?? event.eventId
    const name = names.get(String(scheduled)) ?? ''
    return `${String(event.eventId)} ${kind.replace('EventAttributes', '')} ${name}`.trim()
  })
}

/** Activity types by the number of the event that scheduled them. */
const namesOf = (events: readonly HistoryEvent[]): Map<string, string> =>
  new Map(
    events.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [[String(eventId), scheduled.activityType?.name ?? '?']] : [],
    ),
  )

/** Which scheduled activity ended here. */
function endOf(event: HistoryEvent): string | undefined {
  const end =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  return end ? String(end.scheduledEventId) : undefined
}

function taskEventOf(event: HistoryEvent): ResetPoint['event'] | undefined {
  if (event.workflowTaskStartedEventAttributes) return 'WorkflowTaskStarted'
  if (event.workflowTaskCompletedEventAttributes) return 'WorkflowTaskCompleted'
  if (event.workflowTaskFailedEventAttributes) return 'WorkflowTaskFailed'
  if (event.workflowTaskTimedOutEventAttributes) return 'WorkflowTaskTimedOut'
  return undefined
}
