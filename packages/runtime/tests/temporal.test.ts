import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { connectTemporal } from '../src/index.ts'

test('a client that closes while a call waits for its retry ends quietly', async () => {
  const nobody = createServer().listen(0, '127.0.0.1')
  await once(nobody, 'listening')
  const { port } = nobody.address() as AddressInfo
  nobody.close()
  const uncaught: unknown[] = []
  const note = (error: unknown) => uncaught.push(error)
  process.on('uncaughtException', note)
  const temporal = connectTemporal({ address: `127.0.0.1:${port}`, namespace: 'default' })
  const check = temporal.check().then(
    () => 'ok',
    () => 'failed',
  )
  await sleep(300) // the first try has failed, the next one is put off
  await temporal[Symbol.asyncDispose]()
  expect(await check).toBe('failed')
  await sleep(500)
  process.off('uncaughtException', note)
  expect(uncaught).toEqual([])
})
