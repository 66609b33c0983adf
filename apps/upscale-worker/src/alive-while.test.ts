import { expect, jest, test } from '@jest/globals'
import { aliveWhile } from './alive-while.ts'

test('beats each second until the work is over, however it ends', async () => {
  jest.useFakeTimers()
  try {
    const beat = jest.fn()
    const work = Promise.withResolvers<string>()
    const done = aliveWhile(beat, () => work.promise)
    await jest.advanceTimersByTimeAsync(40_000)
    expect(beat).toHaveBeenCalledTimes(40)
    work.reject(new Error('broken'))
    await expect(done).rejects.toThrow('broken')
    await jest.advanceTimersByTimeAsync(5_000)
    expect(beat).toHaveBeenCalledTimes(40)
  } finally {
    jest.useRealTimers()
  }
})
