import { expect, test } from '@jest/globals'
import type { UpscaleProgress } from '@upscale/types'
import { openProgress } from './progress.ts'

function opened() {
  const told: UpscaleProgress[] = []
  let time = 1_000_000
  const progress = openProgress(
    (report) => told.push(report),
    () => time,
    90,
  )
  const after = (ms: number) => {
    time += ms
    return progress
  }
  return { progress, told, after }
}

test('fills each stage’s band and counts pictures', () => {
  const { told, after } = opened()
  after(0).enter('fetching')
  after(300).share(0.5)
  after(300).enter('preparing')
  after(300).enter('upscaling', 100)
  after(2_000).frames(20)
  after(2_000).frames(40)
  after(6_000).enter('finalizing')
  after(300).share(0.5)
  const at = { startedAt: 1_000_000 }
  expect(told).toEqual([
    { stage: 'fetching', progress: 0, frames: 0, of: 90, etaSeconds: null, ...at },
    { stage: 'fetching', progress: 0.025, frames: 0, of: 90, etaSeconds: null, ...at },
    { stage: 'preparing', progress: 0.05, frames: 0, of: 90, etaSeconds: null, ...at },
    { stage: 'upscaling', progress: 0.15, frames: 0, of: 100, etaSeconds: null, ...at },
    // 10 pictures a second: 10 s in all and a quarter of it behind, 2 s are over.
    { stage: 'upscaling', progress: 0.3, frames: 20, of: 100, etaSeconds: 11, ...at },
    { stage: 'upscaling', progress: 0.45, frames: 40, of: 100, etaSeconds: 9, ...at },
    { stage: 'finalizing', progress: 0.9, frames: 40, of: 100, etaSeconds: 3, ...at },
    { stage: 'finalizing', progress: 0.945, frames: 40, of: 100, etaSeconds: 2, ...at },
  ])
})

test('never falls and never passes its band', () => {
  const { told, after } = opened()
  after(0).enter('upscaling', 100)
  after(300).frames(50)
  after(300).frames(10)
  after(300).frames(200)
  expect(told.map(({ progress }) => progress)).toEqual([0.15, 0.525, 0.525, 0.9])
})

test('tells at most four times a second', () => {
  const { told, after } = opened()
  after(0).enter('fetching')
  for (let share = 0; share < 1; share += 0.01) after(10).share(share)
  expect(told).toHaveLength(5)
})

test('a cancel keeps whole percents of the upscaling, of no other stage', () => {
  const { progress, after } = opened()
  after(0).enter('upscaling', 300)
  after(10).frames(200)
  expect(progress.donePercent()).toBe(66)
  progress.enter('finalizing')
  expect(progress.donePercent()).toBe(0)
})

test('times the stages', () => {
  const { progress, after } = opened()
  after(1).enter('fetching')
  after(20).enter('preparing')
  after(300).enter('upscaling')
  after(4_000).enter('finalizing')
  after(50_000)
  expect(progress.timings()).toEqual({
    fetchMs: 21,
    prepareMs: 300,
    upscaleMs: 4_000,
    finalizeMs: 50_000,
  })
})
