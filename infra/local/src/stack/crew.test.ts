import { expect, test } from '@jest/globals'
import type { Service } from '../supervise/service.ts'
import { createCrew } from './crew.ts'

test('gateways stop first, together; what all stand on stops last', async () => {
  const told: string[] = []
  const service = (name: string): Service => ({
    name,
    url: null,
    health: null,
    launch: () => Promise.resolve({ pid: process.pid, exited: new Promise(() => {}) }),
    ready: () => Promise.resolve(),
    async stop() {
      told.push(`${name} …`)
      await Promise.resolve()
      told.push(name)
    },
  })
  const book = { add: () => {}, remove: () => {} }
  const crew = createCrew(book, { change: () => {}, crash: () => {} })
  const names = ['postgres', 'temporal', 'billing', 'gateway', 'gateway-2']
  const { signal } = new AbortController()
  for (const name of names) await crew.start(service(name), signal)
  await crew.stop()
  expect(told).toEqual([
    'gateway …',
    'gateway-2 …',
    'gateway',
    'gateway-2',
    ...['billing', 'temporal', 'postgres'].flatMap((name) => [`${name} …`, name]),
  ])
})
