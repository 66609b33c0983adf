import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startCustomerHost } from '../src/customer-host.ts'
import { customer, hasEnded } from '../src/customer.ts'
import type { Created, Customer } from '../src/customer.ts'
import { openOperator } from '../src/operator.ts'
import { CUSTOMER_PORT, sharedStack } from '../src/shared-stack.ts'

const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const PRICE = 96
const stack = sharedStack()
let host: Awaited<ReturnType<typeof startCustomerHost>>
let operator: Awaited<ReturnType<typeof openOperator>>
let us: Customer

beforeAll(async () => {
  host = await startCustomerHost(CUSTOMER_PORT)
  operator = await openOperator(stack)
  us = customer(stack.api, (await operator.openAccount('steady', 'pro_monthly', 5_000)).key)
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  await operator[Symbol.asyncDispose]()
})

/** A read that goes on while its server is down. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await read()
    } catch (error) {
      if (tries > 100) throw error
      await sleep(200)
    }
  }
}

describe('killed in the middle of a job', () => {
  test.each([
    'gateway',
    'gateway-worker',
    'orchestrator',
    'billing',
    'media-probe',
    'upscale-worker',
    'temporal',
    'postgres',
  ])('%s comes back, and the job ends delivered and charged once', async (service) => {
    const before = await patiently(() => us.credits())
    const posted = await us.upscale({ video_url: host.file(SAMPLE) })
    expect(posted.status).toBe(200)
    const { id } = posted.body.data as Created
    await us.watch(id, ({ progress }) => progress > 0.2)
    await operator.kill(service)
    const task = await us.watch(id, hasEnded)
    expect(task).toMatchObject({ status: 'completed', output: { width: 1280, height: 720 } })
    expect(await patiently(() => operator.chargesOf(id))).toEqual(['settled'])
    expect(await patiently(() => us.credits())).toBe(before - PRICE)
  })
})

describe('killed before the answer', () => {
  test.each(['media-probe', 'billing', 'orchestrator', 'gateway'])(
    '%s leaves the customer with a job that ends right, or with nothing charged',
    async (service) => {
      const before = await patiently(() => us.credits())
      const debits = await operator.debitsOf('steady')
      const posting = us
        .upscale({ video_url: host.file(SAMPLE, { delayMs: 1_500 }) })
        .catch(() => undefined) // a killed gateway answers nothing
      await sleep(700)
      await operator.kill(service)
      const answer = await posting

      if (answer?.status === 200) {
        const { id } = answer.body.data as Created
        expect((await us.watch(id, hasEnded)).status).toBe('completed')
        expect(await us.credits()).toBe(before - PRICE)
      } else if (answer) {
        expect(answer.body.error?.code).toBe('SERVICE_UNAVAILABLE')
        expect(await settledCredits(before)).toBe(before)
      } else {
        await operator.allWorkflowsClosed()
        const taken = (await operator.debitsOf('steady')) - debits
        expect(taken).toBeLessThanOrEqual(1)
        expect(await patiently(() => us.credits())).toBe(before - taken * PRICE)
      }
      expect(await patiently(() => operator.brokenBooks())).toEqual([])
    },
  )

  /** The balance once a refund that is under way has arrived. */
  async function settledCredits(wanted: number): Promise<number> {
    await operator.allWorkflowsClosed()
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await us.credits()) === wanted) break
      await sleep(200)
    }
    return await us.credits()
  }
})
