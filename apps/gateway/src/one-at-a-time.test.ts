import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { oneAtATime } from './one-at-a-time.ts'

test('the work of a key is done in order, that of others beside it', async () => {
  const inTurn = oneAtATime()
  const told: string[] = []
  const work = (name: string, ms: number) => async () => {
    told.push(`${name} begins`)
    await sleep(ms)
    told.push(`${name} ends`)
    return name
  }
  const answers = await Promise.all([
    inTurn('a', work('a1', 20)),
    inTurn('a', work('a2', 0)),
    inTurn('b', work('b1', 5)),
  ])
  expect(answers).toEqual(['a1', 'a2', 'b1'])
  expect(told).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends'])
})

test('a failure is only of the one who asked', async () => {
  const inTurn = oneAtATime()
  const bad = inTurn('a', () => Promise.reject(new Error('bad')))
  const good = inTurn('a', async () => 'good')
  await expect(bad).rejects.toThrow('bad')
  expect(await good).toBe('good')
})
