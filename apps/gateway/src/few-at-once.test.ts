import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { fewAtOnce } from './few-at-once.ts'

test('results stand in the order of the items, and no more than some are under way', async () => {
  let underWay = 0
  let most = 0
  const results = await fewAtOnce([30, 20, 10, 0, 5], 2, async (ms) => {
    most = Math.max(most, (underWay += 1))
    await sleep(ms)
    underWay -= 1
    return `${ms} ms`
  })
  expect(results).toEqual(['30 ms', '20 ms', '10 ms', '0 ms', '5 ms'])
  expect(most).toBe(2)
})

test('nothing begins after a failure', async () => {
  const begun: number[] = []
  const all = fewAtOnce([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item)
    await sleep(item)
    if (item === 2) throw new Error('two')
  })
  await expect(all).rejects.toThrow('two')
  await sleep(20)
  expect(begun.length).toBeLessThan(5)
})

test('nothing to do is no failure', async () => {
  expect(await fewAtOnce([], 8, async () => 1)).toEqual([])
})
