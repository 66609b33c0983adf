import { expect, test } from '@jest/globals'
import { queueCheck } from './doctor-queues.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const poller = (identity: string, secondsAgo: number) => ({
  identity,
  lastSeenMs: now.getTime() - secondsAgo * 1_000,
})

test.each([
  [[poller('7@a', 60)], 0, '1 worker polls it'],
  [[poller('7@a', 60), poller('7@a', 1), poller('8@b', 1)], 0, '2 workers poll it'],
  [[poller('7@a', 60)], 3, '1 worker polls it, 3 waiting, the oldest for 12 s'],
])('somebody polls: %#', (pollers, waiting, says) => {
  expect(queueCheck('upscale', { pollers, waiting, oldestMs: 12_345 }, now)).toEqual({
    part: 'queue upscale',
    ok: true,
    says,
    fix: null,
  })
})

test('a worker that the server only remembers does not count', () => {
  expect(
    queueCheck('upscale', { pollers: [poller('7@a', 91)], waiting: 2, oldestMs: 80_000 }, now),
  ).toEqual({
    part: 'queue upscale',
    ok: false,
    says: 'nobody polls it: no upscale-worker runs, 2 waiting, the oldest for 80 s',
    fix: 'Start upscale-worker',
  })
})

test('a worker that polls and leaves the work waiting is hung, or was just killed', () => {
  const facts = { pollers: [poller('7@a', 60)], waiting: 1, oldestMs: 61_000 }
  expect(queueCheck('billing', facts, now)).toEqual({
    part: 'queue billing',
    ok: false,
    says: '1 worker polls it, 1 waiting, the oldest for 61 s: hung or just killed',
    fix: 'Restart billing',
  })
  expect(queueCheck('billing', { ...facts, oldestMs: 60_000 }, now).ok).toBe(true)
  expect(queueCheck('upscale', facts, now).ok).toBe(true)
})
