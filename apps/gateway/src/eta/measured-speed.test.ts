import { expect, test } from '@jest/globals'
import type { JobSize } from './job-size.ts'
import { measuredSpeed } from './measured-speed.ts'

const size = (more: Partial<JobSize> = {}): JobSize => ({
  livemode: true,
  factor: '2',
  codec: 'h264',
  megapixels: 100,
  ...more,
})
const timed = (msPerMegapixel: number, more: Partial<JobSize> = {}) => {
  const job = size(more)
  return { ...job, ms: msPerMegapixel * job.megapixels }
}

test('nothing is known before anything was timed', () => {
  expect(measuredSpeed([])(size())).toBeUndefined()
})

test('the median of the same codec and factor counts, per megapixel', () => {
  const jobs = [timed(30), timed(40, { megapixels: 7 }), timed(900), timed(60, { factor: '1' })]
  expect(measuredSpeed(jobs)(size({ megapixels: 200 }))).toBe(8_000)
  expect(measuredSpeed([...jobs, timed(50)])(size())).toBe(4_500)
})

test('too few of a kind give way to the codec, and those to all', () => {
  const jobs = [
    timed(30),
    timed(32),
    timed(34),
    timed(60, { factor: '1' }),
    timed(66, { factor: '1' }),
  ]
  const speed = measuredSpeed(jobs)
  expect(speed(size({ factor: '2' }))).toBe(3_200)
  expect(speed(size({ factor: '1' }))).toBe(3_400)
  expect(speed(size({ factor: '4', codec: 'hevc' }))).toBe(3_400)
})

test('one job is a measure where there is no other', () => {
  expect(measuredSpeed([timed(30)])(size({ factor: '4', codec: 'hevc' }))).toBe(3_000)
})

test('test jobs say nothing of live ones, nor the other way round', () => {
  const speed = measuredSpeed([timed(5, { livemode: false }), timed(0, { megapixels: 0 })])
  expect(speed(size())).toBeUndefined()
  expect(speed(size({ livemode: false }))).toBe(500)
})
