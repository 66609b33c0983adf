import { afterAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { cellWork, otherWork, runWorks } from '../src/reset-work.ts'
import type { Cell } from '../src/reset-cell.ts'
import type { Kind, Rerun } from '../src/reset-expectation.ts'
import { OTHERS } from '../src/reset-others.ts'
import { openStage } from '../src/reset-stage.ts'
import { renderViolation } from '../src/reset-table.ts'
import { sharedStack } from '../src/shared-stack.ts'

// The short form of `prove reset`: first, middle and last event of each kind of job, each rerun of the first.
const RESETS: Record<Kind, Record<'first' | 'middle' | 'last', Rerun>> = {
  running: { first: 'no source', middle: 'fails', last: 'succeeds' },
  parked: { first: 'succeeds', middle: 'refund', last: 'fails' },
  failed: { first: 'cannot pay', middle: 'succeeds', last: 'succeeds' },
  completed: { first: 'succeeds', middle: 'fails', last: 'no source' },
}
const EVENTS = ['Terminate; reconciler', 'activity Pause, Unpause']

const clips = { good: await clip('fast.mp4'), broken: await clip('broken.mp4') }
const stage = await openStage(sharedStack(), clips)

afterAll(() => stage[Symbol.asyncDispose]())

test('after a Reset, Terminate or Pause the books are right', async () => {
  const cells = Object.entries(RESETS).flatMap(([kind, reruns]) =>
    Object.entries(reruns).map(([place, rerun], index): Cell => ({
      kind: kind as Kind,
      event: 'WorkflowTaskCompleted',
      place: place as 'first' | 'middle' | 'last',
      rerun,
      updates: index % 2 === 0 ? 'sent again' : 'left out',
    })),
  )
  const others = OTHERS.filter(({ name }) => EVENTS.includes(name))
  const violations: string[] = []
  let done = 0
  await runWorks(stage, [...cells.map(cellWork), ...others.map(otherWork)], {
    outcome(outcome) {
      done += 1
      if (outcome.wrong.length > 0) violations.push(renderViolation(outcome))
    },
    failure: (name, error) => violations.push(`${name}: ${String(error)}`),
  })
  expect(violations).toEqual([])
  expect(done).toBe(12 + 3) // Terminate has a running and a parked job
  expect(await stage.operator.brokenBooks()).toEqual([])
})
