import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'
import { patiently, until } from '../src/patiently.ts'

const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const PRICE = 6 * 28 // 5.28 s at 4x: long enough to be killed in its middle
const cast = await openCast({
  name: 'steady',
  plan: 'pro_monthly',
  credits: 5_000,
  limitsUnknown: true,
})
const { stack, host, operator, us, key } = cast

afterAll(() => cast[Symbol.asyncDispose]())

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
    const posted = await us.upscale({ video_url: host.file(SAMPLE), upscale_factor: '4' })
    expect(posted.status).toBe(200)
    const { id } = posted.body.data as Created
    const running = await us.watch(id, ({ progress }) => progress > 0.2)
    expect(running).toMatchObject({ status: 'processing', stage: 'upscaling' })
    await operator.kill(service)
    const task = await us.watch(id, hasEnded)
    expect(task).toMatchObject({ status: 'completed', output: { width: 2560, height: 1440 } })
    expect(await patiently(() => operator.chargesOf(id))).toEqual(['settled'])
    expect(await patiently(() => us.credits())).toBe(before - PRICE)
  })
})

describe('killed before the answer', () => {
  test.each(['media-probe', 'billing', 'orchestrator'])(
    '%s: the job is delivered and paid, or refused and free',
    async (service) => {
      const before = await patiently(() => us.credits())
      const posting = us.upscale({
        video_url: host.file(SAMPLE, { delayMs: 1_500 }),
        upscale_factor: '4',
      })
      await sleep(700)
      await operator.kill(service)
      const answer = await posting
      const { id } = (answer.body.data ?? {}) as Partial<Created>
      if (id) {
        expect((await us.watch(id, hasEnded)).status).toBe('completed')
        expect(await operator.chargesOf(id)).toEqual(['settled'])
      } else {
        expect(answer.body.error?.code).toBe('SERVICE_UNAVAILABLE')
        await operator.allWorkflowsClosed()
      }
      expect(await patiently(() => us.credits())).toBe(before - (id ? PRICE : 0))
      expect(await patiently(() => operator.brokenBooks())).toEqual([])
    },
  )

  test('gateway, between debit and answer: the job goes on and is paid once', async () => {
    const before = await patiently(() => us.credits())
    const known = new Set(await operator.openTasks())
    const posting = cast
      .withKey(key, stack.gateways[0])
      .upscale({ video_url: host.file(SAMPLE, { delayMs: 500 }), upscale_factor: '4' })
      .then(
        () => 'answered',
        ({ name, message }: Error) => (name === 'TypeError' ? 'cut' : message),
      )
    const id = await operator.nextTask(known)
    const run = operator.temporal.workflow.getHandle(id)
    await until('its run has begun', async () => (await run.describe()).status.name === 'RUNNING')
    await operator.kill('gateway', 'SIGSTOP') // it can no longer answer, and the job goes on
    await until('it is charged', async () => (await operator.chargesOf(id)).length > 0).finally(
      () => void operator.kill('gateway', 'SIGKILL'),
    )
    expect(await posting).toBe('cut')
    const task = await us.watch(id, hasEnded)
    expect(task.status).toBe('completed')
    expect(await operator.chargesOf(id)).toEqual(['settled'])
    expect(await us.credits()).toBe(before - PRICE)
  })
})
