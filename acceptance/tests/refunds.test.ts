import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'

const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const GRANT = 5_000
const cast = await openCast({ name: 'unlucky', plan: 'pro_monthly', credits: GRANT })
const { host, operator, us } = cast

afterAll(() => cast[Symbol.asyncDispose]())

test('frames that break in the middle fail the task and give every credit back', async () => {
  const posted = await us.upscale({ video_url: host.file(await clip('broken.mp4')) })
  expect(posted.status).toBe(200)
  const { id, creditsUsed } = posted.body.data as Created
  expect(creditsUsed).toBe(48)
  const task = await us.watch(id, hasEnded)
  expect(task).toMatchObject({
    status: 'failed',
    result: null,
    output: null,
    error: { code: 'SOURCE_UNREADABLE', retryable: false, refunded_credits: 48 },
    cost: {
      credits: 48,
      refunded_credits: 48,
      net_credits: 0,
      transactions: [
        { type: 'debit', amount: -48 },
        { type: 'refund', amount: 48 },
      ],
    },
  })
  expect(await us.credits()).toBe(GRANT)
  expect(await operator.chargesOf(id)).toEqual(['refunded'])
  const run = await operator.temporal.workflow.getHandle(id).describe()
  expect(run.status.name).toBe('FAILED')
})

test('a source that is another file when it is fetched is refunded', async () => {
  const url = host.swap(await clip('base.mp4'), await clip('mute.mp4'))
  const posted = await us.upscale({ video_url: url })
  const task = await us.watch((posted.body.data as Created).id, hasEnded)
  expect(task).toMatchObject({
    status: 'failed',
    error: { code: 'SOURCE_CHANGED', refunded_credits: 48 },
  })
  expect(await us.credits()).toBe(GRANT)
})

test('a workflow that an operator cancels stops the engine and gives every credit back', async () => {
  const posted = await us.upscale({
    video_url: host.file(SAMPLE),
    upscale_factor: '4',
  })
  const { id } = posted.body.data as Created
  await us.watch(id, ({ stage, progress }) => stage === 'upscaling' && progress > 0.16)
  await operator.temporal.workflow.getHandle(id).cancel()
  const task = await us.watch(id, hasEnded, 20_000)
  expect(task).toMatchObject({
    status: 'failed',
    error: { code: 'GENERATION_FAILED', key: 'stopped', refunded_credits: 6 * 28 },
  })
  expect(await us.credits()).toBe(GRANT)
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
