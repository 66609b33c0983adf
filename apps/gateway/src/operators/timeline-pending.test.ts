import { expect, test } from '@jest/globals'
import { defaultPayloadConverter } from '@temporalio/common'
import { pendingEvents } from './timeline-pending.ts'
import type { PendingActivity } from './timeline-pending.ts'

const time = (seconds: number) => ({ seconds, nanos: 0 })
const at = (seconds: number) => new Date(seconds * 1_000).toISOString()
const known = {
  activityId: 'upscale-1',
  label: 'upscale (2x, round 1)',
  queue: 'upscale',
  scheduledMs: 1_000,
  attempt: 0,
  lastFailure: undefined,
}
const lastFailure = {
  message: 'The disk is full',
  applicationFailureInfo: { type: 'UPSCALER_UNAVAILABLE' },
}
const told = (activity: PendingActivity) =>
  pendingEvents(
    {
      activities: [{ activityId: 'upscale-1', scheduledTime: time(1), ...activity }],
      workflowTask: null,
    },
    [known],
  )

test('a running attempt tells how far it is, and what came before it', () => {
  const heartbeatDetails = {
    payloads: [defaultPayloadConverter.toPayload({ stage: 'upscaling', progress: 0.42 })],
  }
  const running = { state: 2, attempt: 3, lastFailure, heartbeatDetails, lastWorkerIdentity: '7@a' }
  expect(told({ ...running, lastStartedTime: time(2), lastHeartbeatTime: time(3) })).toEqual([
    {
      at: at(3),
      source: 'workflow',
      what: 'upscale (2x, round 1) runs, attempt 3: upscaling, 42 %; before that: UPSCALER_UNAVAILABLE: The disk is full',
      who: '7@a',
    },
  ])
})

test.each<[string, PendingActivity, number, string]>([
  ['no worker takes it', { state: 1, attempt: 1 }, 1, 'waits: queue upscale'],
  [
    'its back-off',
    {
      state: 1,
      attempt: 2,
      lastFailure,
      lastAttemptCompleteTime: time(4),
      nextAttemptScheduleTime: time(9),
    },
    4,
    `waits until ${at(9)} for attempt 2: queue upscale; before that: UPSCALER_UNAVAILABLE: The disk is full`,
  ],
  ['a pause', { state: 4, attempt: 1 }, 1, 'is paused at attempt 1'],
])('what waits for %s', (_why, activity, seconds, what) => {
  expect(told(activity)).toEqual([
    { at: at(seconds), source: 'workflow', what: `upscale (2x, round 1) ${what}` },
  ])
})

test('a heartbeat that nobody can read is no failure', () => {
  const heartbeatDetails = { payloads: [{ metadata: { encoding: Buffer.from('x') } }] }
  expect(told({ state: 2, attempt: 1, heartbeatDetails })).toMatchObject([
    { what: 'upscale (2x, round 1) runs, attempt 1: (unreadable)' },
  ])
})

test('a workflow task that keeps failing is said', () => {
  const workflowTask = { attempt: 7, originalScheduledTime: time(5) }
  expect(pendingEvents({ activities: [], workflowTask }, [])).toEqual([
    {
      at: at(5),
      source: 'workflow',
      what: "workflow task fails again and again, attempt 7: the orchestrator's log says why",
    },
  ])
})
