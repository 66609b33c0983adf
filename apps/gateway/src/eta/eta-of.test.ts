import { expect, test } from '@jest/globals'
import { etaOf } from './eta-of.ts'
import type { OpenTask, Queue } from './eta-of.ts'
import type { JobSize } from './job-size.ts'

const sizeOf = (megapixels: number): JobSize => ({
  livemode: true,
  factor: '2',
  codec: 'h264',
  megapixels,
})
const waiting = (createdAt: number, seconds = 10): OpenTask => ({
  createdAt,
  isRunning: false,
  size: sizeOf(seconds),
  leftMs: null,
})
const running = (leftMs: number | null, seconds = 10): OpenTask => ({
  ...waiting(0, seconds),
  isRunning: true,
  leftMs,
})
/** A megapixel takes a second. */
const queueOf = (tasks: OpenTask[], more: Partial<Queue> = {}): Queue => ({
  tasks,
  slots: 1,
  speed: ({ megapixels }) => megapixels * 1000,
  isCut: false,
  ...more,
})
const asked = { createdAt: 100, isRunning: false, size: sizeOf(20) }

test('alone, it is its own work', () => {
  expect(etaOf(asked, queueOf([]))).toBe(20)
})

test('it waits for what runs, as long as that says, and for those before it', () => {
  expect(etaOf(asked, queueOf([running(4_200)]))).toBe(25)
  expect(etaOf(asked, queueOf([running(4_200), waiting(99), waiting(50, 30)]))).toBe(65)
})

test('what was ordered later, or at the same moment, does not count; nor does it itself', () => {
  expect(etaOf(asked, queueOf([running(1_000), waiting(100, 20), waiting(101)]))).toBe(21)
})

test('slots share the work, and a free one is taken at once', () => {
  const tasks = [running(8_000), running(4_000), waiting(50, 12)]
  expect(etaOf(asked, queueOf(tasks, { slots: 2 }))).toBe(32)
  expect(etaOf(asked, queueOf(tasks, { slots: 4 }))).toBe(20)
})

test('an attempt without an estimate has all of it before it, and waits for nobody', () => {
  expect(etaOf(asked, queueOf([running(null, 15)]))).toBe(35)
  const itself = { ...asked, isRunning: true }
  expect(etaOf(itself, queueOf([running(9_000), waiting(50), running(null, 20)]))).toBe(20)
})

test('nothing measured, nothing said', () => {
  const speed = ({ megapixels }: JobSize) => (megapixels === 20 ? 20_000 : undefined)
  expect(etaOf(asked, queueOf([], { speed: () => undefined }))).toBeNull()
  expect(etaOf(asked, queueOf([waiting(50)], { speed }))).toBeNull()
  expect(etaOf(asked, queueOf([running(3_000)], { speed }))).toBe(23)
})

test('behind a queue that is not known to its end nothing is said', () => {
  expect(etaOf(asked, queueOf([waiting(50)], { isCut: true }))).toBeNull()
  expect(etaOf(asked, queueOf([waiting(50), waiting(100)], { isCut: true }))).toBe(30)
})
