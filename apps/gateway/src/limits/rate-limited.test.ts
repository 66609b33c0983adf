import { expect, test } from '@jest/globals'
import { rateLimited, tooManyOpen } from './rate-limited.ts'

const resetsAt = new Date('2024-12-28T00:00:00.000Z')
const waitFrom = (iso: string) =>
  rateLimited({ limit: '500/day', resetsAt, now: new Date(iso) }).retryAfterSeconds

test('it says the limit and its end, and never lets anybody come before it', () => {
  const error = rateLimited({
    limit: '500/day',
    resetsAt,
    now: new Date('2024-12-27T23:59:00.500Z'),
  })
  expect(error).toMatchObject({
    code: 'RATE_LIMITED',
    key: 'rate_limited',
    message: 'Rate limit exceeded. Limit: 500/day. Resets at: 2024-12-28T00:00:00.000Z',
    retryAfterSeconds: 60,
  })
  expect(waitFrom('2024-12-27T23:59:59.999Z')).toBe(1)
  expect(waitFrom('2024-12-28T00:00:00.000Z')).toBe(1)
})

test('too many at the same time say what to do', () => {
  const [limit, remedy] = ['20 open streams', 'Close one, then try again']
  expect(tooManyOpen({ limit, remedy, key: 'queue_full' })).toMatchObject({
    code: 'RATE_LIMITED',
    key: 'queue_full',
    message: 'Rate limit exceeded. Limit: 20 open streams. Close one, then try again',
    retryAfterSeconds: 5,
  })
})
