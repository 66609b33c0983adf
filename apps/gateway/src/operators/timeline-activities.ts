import type { HistoryEvent, Line } from './timeline-event.ts'
import { failureText } from './timeline-failure.ts'
import type { StoredFailure } from './timeline-failure.ts'
import { isObject, readFirst, readPayload, textOf } from './timeline-payload.ts'
import { msOf } from './temporal-time.ts'

/** An activity of a run, as its history knows it. */
export interface Activity {
  activityId: string
  /** Its name, and in brackets what the workflow said of it. */
  label: string
  queue: string
  scheduledMs: number
  /** Attempts so far; 0: nobody has taken it. */
  attempt: number
  /** Why the attempts before that one failed. */
  lastFailure: StoredFailure | null | undefined
}

/** The activities of a run by the id of the event that scheduled them. */
export function activitiesIn(events: readonly HistoryEvent[]): Map<string, Activity> {
  const activities = new Map<string, Activity>()
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes
    if (scheduled) {
      const summary = readPayload(event.userMetadata?.summary)
      const name = scheduled.activityType?.name ?? 'activity'
      activities.set(String(event.eventId), {
        activityId: scheduled.activityId ?? '',
        label: summary === undefined ? name : `${name} (${textOf(summary)})`,
        queue: scheduled.taskQueue?.name ?? '',
        scheduledMs: msOf(event.eventTime),
        attempt: 0,
        lastFailure: undefined,
      })
    }
    const started = event.activityTaskStartedEventAttributes
    const activity = activities.get(String(started?.scheduledEventId))
    if (!started || !activity) continue
    activity.attempt = started.attempt ?? 1
    activity.lastFailure = started.lastFailure
  }
  return activities
}

const LATE_MS = 1_000

/** What an event says of an activity: asked for, waited for long, over. Its attempts are one line. */
export function activityLine(
  event: HistoryEvent,
  activities: ReadonlyMap<string, Activity>,
): Line | undefined {
  if (event.activityTaskScheduledEventAttributes) {
    return { what: `${activities.get(String(event.eventId))?.label} scheduled` }
  }
  return startLine(event, activities) ?? endLine(event, activities)
}

/** A start right after the schedule tells nothing new, and one that follows a failure is told by the end. */
function startLine(
  { activityTaskStartedEventAttributes: started, eventTime }: HistoryEvent,
  activities: ReadonlyMap<string, Activity>,
): Line | undefined {
  const activity = activities.get(String(started?.scheduledEventId))
  if (!started || !activity || activity.attempt > 1) return undefined
  const waitedMs = msOf(eventTime) - activity.scheduledMs
  if (waitedMs < LATE_MS) return undefined
  const waited = `${Math.round(waitedMs / 1_000)} s`
  return {
    what: `${activity.label} started after ${waited} in queue ${activity.queue}`,
    who: started.identity,
  }
}

/** Empty for a first attempt. */
export const failedBefore = ({
  attempt,
  lastFailure,
}: Pick<Activity, 'attempt' | 'lastFailure'>): string =>
  attempt > 1 ? `; before that: ${failureText(lastFailure)}` : ''

function endLine(event: HistoryEvent, activities: ReadonlyMap<string, Activity>): Line | undefined {
  const completed = event.activityTaskCompletedEventAttributes
  const failed = event.activityTaskFailedEventAttributes
  const timedOut = event.activityTaskTimedOutEventAttributes
  const canceled = event.activityTaskCanceledEventAttributes
  const asked = event.activityTaskCancelRequestedEventAttributes
  const ended = completed ?? failed ?? timedOut ?? canceled ?? asked
  const activity = activities.get(String(ended?.scheduledEventId))
  if (!ended || !activity) return undefined
  const { label, attempt } = activity
  const attempts = attempt > 1 ? ` after ${attempt} attempts` : ''
  const say = (what: string, who?: string | null): Line => ({ what: `${label} ${what}`, who })
  if (completed) {
    const state = stateText(completed.result)
    return say(`completed${attempts}${state}${failedBefore(activity)}`, completed.identity)
  }
  if (failed) return say(`failed${attempts}: ${failureText(failed.failure)}`, failed.identity)
  if (timedOut) return say(`timed out${attempts}: ${failureText(timedOut.failure)}`)
  if (canceled) return say(`canceled${doneText(canceled.details)}`, canceled.identity)
  return say('is asked to stop')
}

/** Billing's answers say what became of the charge. */
function stateText(result: Parameters<typeof readFirst>[0]): string {
  const answer = readFirst(result)
  return isObject(answer) && typeof answer['state'] === 'string' ? `: ${answer['state']}` : ''
}

function doneText(details: Parameters<typeof readFirst>[0]): string {
  const facts = readFirst(details)
  const donePercent = isObject(facts) ? facts['donePercent'] : undefined
  return typeof donePercent === 'number' ? `, ${donePercent} % done` : ''
}
