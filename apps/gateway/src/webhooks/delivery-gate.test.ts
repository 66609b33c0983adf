import { expect, test } from '@jest/globals'
import { createDeliveryGate } from './delivery-gate.ts'

const LIMITS = { perHost: 2, perAccount: 3, total: 5 }

/** Posts that end when they are told to. */
function openGate() {
  const gate = createDeliveryGate(LIMITS)
  const running: { name: string; end: () => void }[] = []
  return {
    running: () => running.map(({ name }) => name),
    post: (name: string, host: string, account: string) =>
      gate(host, account, async () => {
        await new Promise<void>((end) => running.push({ name, end }))
        return name
      }),
    async end(name: string) {
      const [one] = running.splice(
        running.findIndex((post) => post.name === name),
        1,
      )
      one?.end()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
const BUSY = { type: 'RECEIVER_BUSY', nonRetryable: false }

test('a host gets its share, the next in line follows, other hosts are not held up', async () => {
  const { post, running, end } = openGate()
  const posts = [
    post('a', 'slow', '1'),
    post('b', 'slow', '2'),
    post('c', 'slow', '3'),
    post('d', 'fast', '1'),
  ]
  expect(running()).toEqual(['a', 'b', 'd'])
  await end('b')
  expect(running()).toEqual(['a', 'd', 'c'])
  for (const name of ['a', 'c', 'd']) await end(name)
  expect(await Promise.all(posts)).toEqual(['a', 'b', 'c', 'd'])
})

test('an account over its share comes later, others still go', async () => {
  const { post, running, end } = openGate()
  const posts = [post('a', 'w', '1'), post('b', 'x', '1'), post('c', 'y', '1')]
  await expect(post('d', 'z', '1')).rejects.toMatchObject(BUSY)
  posts.push(post('e', 'z', '2'))
  expect(running()).toEqual(['a', 'b', 'c', 'e'])
  await end('a')
  posts.push(post('f', 'z', '1'))
  for (const name of ['b', 'c', 'e', 'f']) await end(name)
  await Promise.all(posts)
})

test('the process has its share, and a failed post gives its place back', async () => {
  const { post, end } = openGate()
  const posts = ['1', '2', '3', '4', '5'].map((account) => post(account, account, account))
  await expect(post('6', '6', '6')).rejects.toMatchObject(BUSY)
  for (const name of ['1', '2', '3', '4', '5']) await end(name)
  await Promise.all(posts)

  const gate = createDeliveryGate({ perHost: 1, perAccount: 1, total: 1 })
  await expect(gate('h', 'a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate('h', 'a', async () => 'yes')).toBe('yes')
})
