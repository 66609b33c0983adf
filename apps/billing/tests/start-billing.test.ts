import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { testDatabase, testTemporal } from '@upscale/testing'
import { createContext } from '../src/context.ts'
import { startBilling } from '../src/start-billing.ts'
import { newTaskId, testBilling, testConfig } from './test-billing.ts'

test('serves queue and HTTP API until it is stopped', async () => {
  await using temporal = await testTemporal(['UpscaleStage'])
  await using billing = await testBilling()
  const { address, namespace } = temporal
  let readyz
  {
    await using service = await startBilling(billing, {
      ...billing.config,
      temporal: { address, namespace },
    })
    readyz = `http://127.0.0.1:${service.port}/readyz`
    const ready = await fetch(readyz)
    expect([ready.status, await ready.json()]).toEqual([200, { database: 'ok', temporal: 'ok' }])

    const call = (activity: string, input: object) =>
      temporal.client.activity.execute(activity, {
        id: randomUUID(),
        taskQueue: 'billing',
        args: [input],
        startToCloseTimeout: '5s',
      })
    const key = { taskId: newTaskId(), generation: 1 }
    const order = {
      accountId: await billing.account(1000n),
      durationMs: 8500,
      factor: '2',
      orWaive: false,
    }
    expect(await call('debit', { ...key, ...order })).toEqual({
      state: 'debited',
      creditsUsed: 144,
      creditsRemaining: 856,
      creditsPerSecond: 16,
      debitId: expect.stringMatching(/^txn_/),
    })
    expect(await call('settle', key)).toEqual({ state: 'settled', givenBack: 0 })
    await expect(call('debit', { ...key, ...order, factor: '4' })).rejects.toMatchObject({
      cause: {
        type: 'INTERNAL_ERROR',
        nonRetryable: true,
        details: [{ key: 'ledger_409', attempt: 1 }],
      },
    })
  }
  await expect(fetch(readyz)).rejects.toThrow('fetch failed')
})

test('refuses a database that was never migrated', async () => {
  await using database = await testDatabase({
    name: 'billing_empty',
    sources: [],
    migrate: () => Promise.resolve(),
  })
  const config = testConfig(database.adminUrl)
  await using ctx = createContext(config)
  await expect(startBilling(ctx, config)).rejects.toThrow('Schema billing lacks 20261124T0900')
})
