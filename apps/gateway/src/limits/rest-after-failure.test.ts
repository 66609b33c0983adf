import { expect, test } from '@jest/globals'
import { restAfterFailure } from './rest-after-failure.ts'

test('after a failure everybody gets it at once, for a while', async () => {
  const clock = { ms: 0 }
  const asked: string[] = []
  const ask = restAfterFailure(
    1_000,
    async (what: string) => {
      asked.push(what)
      if (what === 'bad') throw new Error('away')
      return what.length
    },
    () => clock.ms,
  )
  expect(await ask('good')).toBe(4)
  await expect(ask('bad')).rejects.toThrow('away')
  clock.ms = 999
  await expect(ask('good')).rejects.toThrow('away')
  clock.ms = 1_000
  expect(await ask('good')).toBe(4)
  expect(asked).toEqual(['good', 'bad', 'good'])
})
