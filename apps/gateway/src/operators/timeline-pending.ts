import type { Payload } from '@temporalio/common'
import type { TimelineEvent } from '@upscale/types'
import { failedBefore } from './timeline-activities.ts'
import type { Activity } from './timeline-activities.ts'
import { workflowEvent } from './timeline-event.ts'
import type { StoredFailure } from './timeline-failure.ts'
import { isObject, readFirst, textOf } from './timeline-payload.ts'
import { msOf } from './temporal-time.ts'
import type { ProtoTime } from './temporal-time.ts'

/** What Temporal's `describe` says of an activity that is not over. */
export interface PendingActivity {
  activityId?: string | null
  attempt?: number | null
  /** `temporal.api.enums.v1.PendingActivityState`, a number. */
  state?: unknown
  heartbeatDetails?: { payloads?: readonly Payload[] | null } | null
  lastFailure?: StoredFailure | null
  lastWorkerIdentity?: string | null
  scheduledTime?: ProtoTime
  lastStartedTime?: ProtoTime
  lastHeartbeatTime?: ProtoTime
  lastAttemptCompleteTime?: ProtoTime
  nextAttemptScheduleTime?: ProtoTime
}

/** What a run works at, or waits for, at this moment. */
export interface Pending {
  activities: readonly PendingActivity[]
  /** Tries of the workflow's own next step. */
  workflowTask: { attempt?: number | null; originalScheduledTime?: ProtoTime } | null
}

/** The present state of an open run, each part at the time of its last sign of life. */
export function pendingEvents(
  { activities, workflowTask }: Pending,
  known: readonly Activity[],
): TimelineEvent[] {
  const attempt = workflowTask?.attempt ?? 1
  const stuck =
    attempt > 1
      ? [
          workflowEvent(workflowTask?.originalScheduledTime, {
            what: `workflow task fails again and again, attempt ${attempt}: the orchestrator's log says why`,
          }),
        ]
      : []
  return [...activities.map((activity) => activityEvent(activity, known)), ...stuck]
}

function activityEvent(activity: PendingActivity, known: readonly Activity[]): TimelineEvent {
  const scheduled = known.findLast(({ activityId }) => activityId === activity.activityId)
  const label = scheduled?.label ?? `activity ${activity.activityId}`
  const attempt = activity.attempt ?? 1
  const { lastFailure } = activity
  const say = (at: ProtoTime, what: string) =>
    workflowEvent(at ?? activity.scheduledTime, {
      what: `${label} ${what}${failedBefore({ attempt, lastFailure })}`,
      who: activity.lastWorkerIdentity,
    })
  switch (Number(activity.state)) {
    case 2: // STARTED
    case 3: // CANCEL_REQUESTED
      return say(
        activity.lastHeartbeatTime ?? activity.lastStartedTime,
        `runs, attempt ${attempt}${beatText(activity)}`,
      )
    case 4: // PAUSED
    case 5: // PAUSE_REQUESTED
      return say(activity.lastAttemptCompleteTime, `is paused at attempt ${attempt}`)
    default: {
      const { nextAttemptScheduleTime: next } = activity
      const until = next ? `until ${new Date(msOf(next)).toISOString()} ` : ''
      const wait = attempt > 1 ? `waits ${until}for attempt ${attempt}` : 'waits'
      return say(
        activity.lastAttemptCompleteTime,
        `${wait}: queue ${scheduled?.queue ?? 'unknown'}`,
      )
    }
  }
}

/** How far the upscale says it is. */
function beatText({ heartbeatDetails }: PendingActivity): string {
  const beat = readFirst(heartbeatDetails)
  if (beat === undefined) return ''
  if (!isObject(beat)) return `: ${textOf(beat)}`
  const { stage, progress } = beat
  const percent = typeof progress === 'number' ? `, ${Math.round(progress * 100)} %` : ''
  return `: ${textOf(stage)}${percent}`
}
