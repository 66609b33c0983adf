import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { WorkflowFailedError } from '@temporalio/client'
import { CancelledFailure, Context } from '@temporalio/activity'
import { AppError } from '@upscale/types'
import type { AccountId, ErrorCode } from '@upscale/types'
import { STAGE, applicationFailureOf } from '../src/activities.ts'
import type { UpscaleInput } from '../src/activities.ts'
import { cancelUpdate } from '../src/messages.ts'
import { MEDIA, OUTPUT, jobBench, until } from './job-bench.ts'
import type { Bench, JobHandle } from './job-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await jobBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const TEST = {
  accountId: 'tester:test' as AccountId,
  livemode: false,
  parkForMs: 0,
  upscale: { attempts: 2, firstRetryMs: 20 },
}
const MAGIC = { ...TEST, magic: 'stuck.mp4' } as const

/** Fails each attempt with the code. */
const failing = (code: ErrorCode) => async () => {
  const { attempt } = Context.current().info
  throw applicationFailureOf(new AppError(code, 'for a test'), { attempt, stage: 'upscaling' })
}

async function eventsOf(job: JobHandle) {
  const { events } = await job.fetchHistory()
  return events ?? []
}

/** Queue of each upscale that was scheduled. */
const queuesOf = async (job: JobHandle) =>
  (await eventsOf(job)).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'upscale' ? [scheduled.taskQueue?.name] : [],
  )

describe('a job that parks for no time', () => {
  test('fails and gives all back as soon as its attempts are used up', async () => {
    const { books, records } = bench.begin({ upscale: failing('UPSCALER_TIMEOUT') })
    const { admission, job } = await bench.post(TEST)
    expect(admission).toMatchObject({ admitted: true, creditsUsed: 144 })
    await expect(job.result()).rejects.toThrow(WorkflowFailedError)
    expect(books.states()).toEqual(['refunded'])
    expect(books.balance()).toBe(1_000)
    expect(records.map(({ status }) => status)).toEqual(['pending', 'failed'])
    expect(records.at(-1)).toMatchObject({
      status: 'failed',
      attempts: 2,
      stage: 'upscaling',
      error: { code: 'UPSCALER_TIMEOUT' },
    })
    expect(records.some(({ parkedAt }) => parkedAt !== undefined)).toBe(false)
    expect((await job.describe()).typedSearchAttributes.get(STAGE)).toBe('done')
    const timers = (await eventsOf(job)).filter((event) => event.timerStartedEventAttributes)
    expect(timers).toEqual([])
  })

  test('delivers where a later attempt does, in one round', async () => {
    const { books, records } = bench.begin({
      async upscale() {
        const { attempt } = Context.current().info
        if (attempt === 1) return await failing('UPSCALER_UNAVAILABLE')()
        return { ...OUTPUT, attempt }
      },
    })
    const { job } = await bench.post(TEST)
    expect(await job.result()).toMatchObject({ outcome: 'completed' })
    expect(records.at(-1)).toMatchObject({ status: 'completed', attempts: 2 })
    expect(books.states()).toEqual(['settled'])
  })

  test('fails at once where the failure is final', async () => {
    const { books, records } = bench.begin({ upscale: failing('GENERATION_FAILED') })
    const { job } = await bench.post(TEST)
    await expect(job.result()).rejects.toThrow(WorkflowFailedError)
    expect(records.at(-1)).toMatchObject({ status: 'failed', attempts: 1 })
    expect(books.balance()).toBe(1_000)
  })
})

describe('the queue of an upscale', () => {
  test.each([
    ['a live job', {}, 'upscale'],
    ['a test job', TEST, 'upscale'],
    ['a magic one', MAGIC, 'upscale-magic'],
  ])('%s', async (_, given, queue) => {
    const asked: UpscaleInput[] = []
    bench.begin({
      async upscale(input) {
        asked.push(input)
        return OUTPUT
      },
    })
    const { job } = await bench.post(given)
    await job.result()
    expect(await queuesOf(job)).toEqual([queue])
    const { livemode, magic } = { livemode: undefined, magic: undefined, ...given }
    expect([asked[0]?.livemode, asked[0]?.magic]).toEqual([livemode, magic])
  })
})

test('a cancel of a magic job keeps the part that is done', async () => {
  const { books, records } = bench.begin({
    async upscale() {
      const { cancellationSignal, heartbeat } = Context.current()
      while (!cancellationSignal.aborted) {
        heartbeat()
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new CancelledFailure('Canceled', [{ donePercent: 50 }])
    },
  })
  const { job } = await bench.post(MAGIC)
  await until(async () => (await queuesOf(job)).length > 0)
  await job.executeUpdate(cancelUpdate)
  expect(await job.result()).toMatchObject({ outcome: 'canceled' })
  expect(records.at(-1)).toMatchObject({ status: 'canceled' })
  expect(books.balance()).toBe(928) // half of 144
})

describe('insufficient-credits.mp4', () => {
  const POOR = { ...TEST, magic: 'insufficient-credits.mp4' } as const
  const refusal = {
    admitted: false,
    error: {
      code: 'INSUFFICIENT_CREDITS',
      key: 'insufficient_credits',
      message: 'Insufficient credits. Required: 144, Available: 45',
      details: { required: 144, available: 45 },
    },
  }

  test.each([
    ['probed', {}],
    ['quoted', { quote: { media: MEDIA, quotedAt: Date.now() } }],
  ])('%s: is refused and never charged', async (_, given) => {
    const { books, records } = bench.begin()
    const { admission, job } = await bench.post({ ...POOR, ...given })
    expect(admission).toEqual(refusal)
    expect(await job.result()).toMatchObject({ outcome: 'refused' })
    expect([books.balance(), books.states(), records]).toEqual([1_000, [], []])
  })
})
