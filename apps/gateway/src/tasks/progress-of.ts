import { defaultPayloadConverter } from '@temporalio/common'
import type { Payload } from '@temporalio/common'
import type { UpscaleProgress } from '@upscale/types'

/** What Temporal's `describe` says of an activity that is not over. */
export interface PendingActivity {
  activityId?: string | null
  attempt?: number | null
  /** `temporal.api.enums.v1.PendingActivityState`, a number. */
  state?: unknown
  heartbeatDetails?: { payloads?: readonly Payload[] | null } | null
}

/** What the running attempt of a job says of itself. */
export interface JobProgress {
  stage: UpscaleProgress['stage']
  progress: number
  etaSeconds: number | null
  /** Upscale attempts started so far. */
  attempts: number
  startedAt: Date | null
}

// PENDING_ACTIVITY_STATE_STARTED, _CANCEL_REQUESTED and _PAUSE_REQUESTED: what was asked for need not be heard
// yet. The others wait for a worker or for their back-off.
const RUNNING: readonly number[] = [2, 3, 5]
const HIGHEST_UNFINISHED = 0.99

/**
 * Progress of a job from what Temporal knows of its activities; undefined: no attempt started yet.
 * `attemptsBefore`: those of the rounds that are over.
 */
export function progressOf(
  activities: readonly PendingActivity[],
  attemptsBefore: number,
): JobProgress | undefined {
  const running = upscaleOf(activities)
  return running && attemptProgress(running, attemptsBefore)
}

/** The stage of the attempt that runs at this moment; undefined: none does. */
export function runningStage(
  activities: readonly PendingActivity[],
): UpscaleProgress['stage'] | undefined {
  const upscale = upscaleOf(activities)
  if (!upscale || !isRunning(upscale)) return undefined
  return lastHeartbeat(upscale)?.stage ?? 'fetching'
}

const upscaleOf = (activities: readonly PendingActivity[]): PendingActivity | undefined =>
  activities.find(({ activityId }) => /^upscale-\d+$/.test(activityId ?? ''))

const isRunning = ({ state }: PendingActivity): boolean => RUNNING.includes(Number(state))

function attemptProgress(
  activity: PendingActivity,
  attemptsBefore: number,
): JobProgress | undefined {
  const attempts = attemptsBefore + (activity.attempt ?? 1) - (isRunning(activity) ? 0 : 1)
  if (attempts === 0) return undefined
  const beat = lastHeartbeat(activity)
  return {
    stage: beat?.stage ?? 'fetching',
    progress: Math.min(beat?.progress ?? 0, HIGHEST_UNFINISHED),
    etaSeconds: isRunning(activity) ? (beat?.etaSeconds ?? null) : null,
    attempts,
    startedAt: beat ? new Date(beat.startedAt) : null,
  }
}

function lastHeartbeat({ heartbeatDetails }: PendingActivity): UpscaleProgress | undefined {
  const [payload] = heartbeatDetails?.payloads ?? []
  return payload ? defaultPayloadConverter.fromPayload<UpscaleProgress>(payload) : undefined
}
