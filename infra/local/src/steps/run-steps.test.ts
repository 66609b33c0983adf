import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { runSteps } from './run-steps.ts'
import type { Step, StepEvent } from './run-steps.ts'

interface Facts {
  left: number
  right: number
  sum: number
}

const step = <Found, Need extends keyof Facts>(
  needs: readonly Need[],
  run: Step<Facts, Found, Need>['run'],
): Step<Facts, Found> => ({ title: '', why: '', mayTake: '', needs, run })

const NEVER = new AbortController().signal

test('steps that do not need each other run at the same time, the others get what they need', async () => {
  const meeting = Promise.withResolvers<void>()
  const facts = await runSteps<Facts>(
    {
      sum: step(['left', 'right'], async ({ left, right }) => left + right),
      left: step([], async () => {
        await meeting.promise // never comes unless the other one runs too
        return 1
      }),
      right: step([], async () => {
        meeting.resolve()
        return 2
      }),
    },
    () => {},
    NEVER,
  )
  expect(facts).toEqual({ left: 1, right: 2, sum: 3 })
})

test('the first failure stops what runs, keeps what waits from starting, and is thrown', async () => {
  const events: StepEvent[] = []
  let sums = 0
  const failure = new Error('no room')
  const run = runSteps<Facts>(
    {
      left: step([], () => Promise.reject(failure)),
      right: step([], async (_found, { signal }) => {
        await sleep(60_000, undefined, { signal })
        return 2
      }),
      sum: step(['left', 'right'], async () => (sums += 1)),
    },
    (event) => events.push(event),
    NEVER,
  )
  await expect(run).rejects.toBe(failure)
  expect(events.map(({ step, state }) => `${step} ${state}`)).toEqual([
    'left running',
    'right running',
    'left failed',
    'right stopped',
  ])
  expect(sums).toBe(0)
})

test('what a step says reaches the report with its share, and stays as its last note', async () => {
  const events: StepEvent[] = []
  await runSteps<Pick<Facts, 'left'>>(
    {
      left: {
        title: 'Left',
        why: 'makes it',
        mayTake: '1 s',
        needs: [],
        run: async (_found, { say }) => {
          say('package 1 of 4', 0.25)
          return 1
        },
      },
    },
    (event) => events.push(event),
    NEVER,
  )
  const about = { step: 'left', title: 'Left', why: 'makes it', mayTake: '1 s' }
  expect(events).toEqual([
    { ...about, state: 'running' },
    { ...about, state: 'running', note: 'package 1 of 4', share: 0.25 },
    { ...about, state: 'done', note: 'package 1 of 4', ms: expect.any(Number) },
  ])
})
