import { defaultPayloadConverter } from '@temporalio/common'
import { expect, test } from '@jest/globals'
import type { UpscaleProgress } from '@upscale/types'
import { progressOf, runningStage } from './progress-of.ts'

const beat: UpscaleProgress = {
  stage: 'upscaling',
  progress: 0.42,
  frames: 107,
  of: 255,
  etaSeconds: 61,
  startedAt: 1_000,
}
const payloads = [defaultPayloadConverter.toPayload(beat)]
const [SCHEDULED, STARTED, CANCEL_REQUESTED, PAUSE_REQUESTED] = [1, 2, 3, 5]

test('no attempt started: nothing to say', () => {
  const other = { activityId: '5', state: STARTED, attempt: 1 }
  const waiting = { activityId: 'upscale-1', state: SCHEDULED, attempt: 1 }
  expect(progressOf([], 0)).toBeUndefined()
  expect(progressOf([other, waiting], 0)).toBeUndefined()
})

test('a running attempt tells by its heartbeat', () => {
  const running = {
    activityId: 'upscale-1',
    state: STARTED,
    attempt: 1,
    heartbeatDetails: { payloads },
  }
  expect(progressOf([running], 0)).toEqual({
    stage: 'upscaling',
    progress: 0.42,
    etaSeconds: 61,
    attempts: 1,
    startedAt: new Date(1_000),
  })
})

test.each([CANCEL_REQUESTED, PAUSE_REQUESTED])(
  'one that was asked to stop, and may finish first, is no other (state %i)',
  (state) => {
    const asked = { activityId: 'upscale-1', state, attempt: 1, heartbeatDetails: { payloads } }
    expect(progressOf([asked], 0)).toMatchObject({ progress: 0.42, etaSeconds: 61, attempts: 1 })
    expect(runningStage([asked])).toBe('upscaling')
  },
)

test('before its first heartbeat it fetches', () => {
  const running = { activityId: 'upscale-1', state: STARTED, attempt: 1 }
  expect(progressOf([running], 0)).toMatchObject({
    stage: 'fetching',
    progress: 0,
    startedAt: null,
  })
})

test('an attempt that waits for its retry does not count yet and has no eta', () => {
  const failed = {
    activityId: 'upscale-1',
    state: SCHEDULED,
    attempt: 3,
    heartbeatDetails: { payloads },
  }
  expect(progressOf([failed], 0)).toMatchObject({
    attempts: 2,
    etaSeconds: null,
    progress: 0.42,
  })
})

test('attempts of earlier rounds count', () => {
  const running = { activityId: 'upscale-3', state: STARTED, attempt: 2 }
  expect(progressOf([running], 20)).toMatchObject({ attempts: 22 })
})

test('1 is left for the delivery', () => {
  const done = [defaultPayloadConverter.toPayload({ ...beat, progress: 1 })]
  const running = {
    activityId: 'upscale-1',
    state: STARTED,
    attempt: 1,
    heartbeatDetails: { payloads: done },
  }
  expect(progressOf([running], 0)).toMatchObject({ progress: 0.99 })
})

test('the stage of the attempt that runs, also when it was asked to stop; none between attempts', () => {
  const upscale = (state: number, beats: { payloads: typeof payloads } | null) => [
    { activityId: '5', state: STARTED, attempt: 1 },
    { activityId: 'upscale-2', state, attempt: 1, heartbeatDetails: beats },
  ]
  expect(runningStage(upscale(STARTED, { payloads }))).toBe('upscaling')
  expect(runningStage(upscale(CANCEL_REQUESTED, { payloads }))).toBe('upscaling')
  expect(runningStage(upscale(STARTED, null))).toBe('fetching')
  expect(runningStage(upscale(SCHEDULED, { payloads }))).toBeUndefined()
  expect(runningStage([])).toBeUndefined()
})
