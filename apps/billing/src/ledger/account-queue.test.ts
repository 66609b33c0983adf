import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { AccountId } from '@upscale/types'
import { CallTooLate, createAccountQueue } from './account-queue.ts'

const [A, B] = ['a:live' as AccountId, 'b:live' as AccountId]

/** Calls that end when they are told to, and the order in which they began. */
function calls() {
  const begun: string[] = []
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  return {
    begun,
    call: (name: string) => () => {
      begun.push(name)
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      ends.set(name, { resolve: () => resolve(name), reject })
      return promise
    },
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('one call per account is in flight, the others follow in the order in which they came', async () => {
  const { begun, call, end } = calls()
  const queue = createAccountQueue(1_000)
  const answers = ['a1', 'a2', 'a3'].map((name) => queue.run(A, call(name)))
  const other = queue.run(B, call('b1'))
  await settled()
  expect([begun, queue.waiting]).toEqual([['a1', 'b1'], 2])
  end('b1')
  expect(await other).toBe('b1')
  for (const name of ['a1', 'a2', 'a3']) {
    end(name)
    await settled()
  }
  expect(await Promise.all(answers)).toEqual(['a1', 'a2', 'a3'])
  expect([begun, queue.waiting]).toEqual([['a1', 'b1', 'a2', 'a3'], 0])
})

test('a call that fails lets the next one through', async () => {
  const { call, end, fail } = calls()
  const queue = createAccountQueue(1_000)
  const first = queue.run(A, call('a1'))
  const second = queue.run(A, call('a2'))
  fail('a1')
  await expect(first).rejects.toThrow('a1')
  await settled()
  end('a2')
  expect(await second).toBe('a2')
})

test('a call whose caller has given up is dropped unsent', async () => {
  let time = 0
  const { begun, call, end } = calls()
  const queue = createAccountQueue(2_000, () => time)
  const first = queue.run(A, call('a1'))
  const late = queue.run(A, call('a2'))
  time = 1
  const punctual = queue.run(A, call('a3'))
  time = 2_001
  end('a1')
  await expect(late).rejects.toThrow(CallTooLate)
  await settled()
  end('a3')
  expect([await first, await punctual]).toEqual(['a1', 'a3'])
  expect(begun).toEqual(['a1', 'a3'])
})

test('an account that was quiet again waits for nobody', async () => {
  const { begun, call, end } = calls()
  const queue = createAccountQueue(1_000)
  const first = queue.run(A, call('a1'))
  end('a1')
  await first
  await settled()
  void queue.run(A, call('a2'))
  expect(begun).toEqual(['a1', 'a2']) // in the same moment
  end('a2')
})

test('a call that hangs holds up the others for no longer than its caller waits', async () => {
  const { begun, call, end } = calls()
  const queue = createAccountQueue(50)
  const hanging = queue.run(A, call('a1'))
  await sleep(25)
  const next = queue.run(A, call('a2'))
  await sleep(50)
  expect(begun).toEqual(['a1', 'a2'])
  end('a2')
  expect(await next).toBe('a2')
  end('a1')
  expect(await hanging).toBe('a1')
})
