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

test('near its end an answer is renewed, and nobody waits', async () => {
  let [now, asked] = [0, 0]
  const answers: PromiseWithResolvers<number | undefined>[] = []
  const ask = () => {
    asked += 1
    const answer = Promise.withResolvers<number | undefined>()
    answers.push(answer)
    return answer.promise
  }
  const read = keepAnswers(100, ask, { renewMs: 40, now: () => now })
  const first = read('a')
  answers[0]?.resolve(1)
  expect(await first).toBe(1)
  now = 59
  expect(await read('a')).toBe(1)
  expect(asked).toBe(1)
  now = 60
  expect([await read('a'), await read('a')]).toEqual([1, 1])
  expect(asked).toBe(2)
  now = 90
  answers[1]?.resolve(2)
  await answers[1]?.promise
  now = 119
  expect([await read('a'), asked]).toEqual([2, 2])
  now = 120 // its time began when it was asked for
  expect([await read('a'), asked]).toEqual([2, 3])
  answers[2]?.resolve(undefined)
  await answers[2]?.promise
  void read('a')
  expect(asked).toBe(4) // what is gone is not kept
})

test('an answer that is not renewed holds until its end', async () => {
  let [now, asked] = [0, 0]
  const fail = () => Promise.reject(new Error('down'))
  const read = keepAnswers(100, () => (asked++ === 1 ? fail() : Promise.resolve(asked)), {
    renewMs: 40,
    now: () => now,
  })
  expect(await read('a')).toBe(1)
  now = 60
  for (const [at, askedThen] of [
    [60, 2],
    [99, 2],
  ] as const) {
    now = at
    expect([await read('a'), asked]).toEqual([1, askedThen])
  }
  now = 100
  expect([await read('a'), asked]).toEqual([3, 3])
})

test('a late renewal does not bring back what is gone', async () => {
  let now = 0
  const renewal = Promise.withResolvers<string>()
  const answers = [async () => 'here', () => renewal.promise, async () => undefined]
  const read = keepAnswers(100, () => (answers.shift() ?? (async () => 'again'))(), {
    renewMs: 40,
    now: () => now,
  })
  expect(await read('a')).toBe('here')
  now = 99
  expect(await read('a')).toBe('here')
  now = 100
  expect(await read('a')).toBeUndefined()
  renewal.resolve('late')
  await renewal.promise
  expect(await read('a')).toBe('again')
})

test('an answer that is long in coming is asked for once', async () => {
  let [now, asked] = [0, 0]
  const answer = Promise.withResolvers<string>()
  const ask = () => {
    asked += 1
    return answer.promise
  }
  const read = keepAnswers(100, ask, { renewMs: 40, now: () => now })
  const both = [read('a')]
  now = 90
  both.push(read('a'))
  answer.resolve('slow')
  expect(await Promise.all(both)).toEqual(['slow', 'slow'])
  expect(asked).toBe(1)
})
