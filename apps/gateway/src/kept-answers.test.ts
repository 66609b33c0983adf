import { expect, test } from '@jest/globals'
import { keepAnswers } from './kept-answers.ts'

test('an answer is kept for its time, a shared one while it is on its way', async () => {
  let [now, asked] = [0, 0]
  const read = keepAnswers(100, async () => (asked += 1), { now: () => now })
  expect(await Promise.all([read('a'), read('a'), read('b')])).toEqual([1, 1, 2])
  now = 99
  expect(await read('a')).toBe(1)
  now = 100
  expect(await read('a')).toBe(3)
})

test('neither a failure nor "not there" is kept', async () => {
  const answers = [
    () => Promise.reject(new Error('down')),
    async () => undefined,
    async () => 'here',
  ]
  const read = keepAnswers(100, () => (answers.shift() ?? (async () => 'more'))())
  await expect(read('a')).rejects.toThrow('down')
  expect(await read('a')).toBeUndefined()
  expect(await read('a')).toBe('here')
  expect(await read('a')).toBe('here')
})

test('the oldest makes room', async () => {
  let asked = 0
  const read = keepAnswers(100, async () => (asked += 1), { max: 2 })
  for (const key of ['a', 'b', 'c']) await read(key)
  expect(await read('c')).toBe(3)
  expect(await read('a')).toBe(4)
})
