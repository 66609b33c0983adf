import { expect, test } from '@jest/globals'
import type { AccountId } from '@upscale/types'
import { createRunningPuts } from './running-puts.ts'

const [ACME, OTHER] = ['acme:live', 'other:live'] as AccountId[] as [AccountId, AccountId]

test('an account has twenty at the same time, and a place is free when one ends or fails', async () => {
  const puts = createRunningPuts()
  const ends = Array.from({ length: 20 }, () => Promise.withResolvers<string>())
  const running = ends.map(({ promise }) => puts(ACME, () => promise))
  await expect(puts(ACME, async () => 'one more')).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    key: 'too_many_uploads',
    retryAfterSeconds: 5,
  })
  expect(await puts(OTHER, async () => 'of another')).toBe('of another')
  ends[0]?.resolve('done')
  expect(await running[0]).toBe('done')
  await expect(puts(ACME, () => Promise.reject(new Error('cut')))).rejects.toThrow('cut')
  expect(await puts(ACME, async () => 'the next')).toBe('the next')
  for (const { resolve } of ends) resolve('')
  await Promise.all(running)
})
