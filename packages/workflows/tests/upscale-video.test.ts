import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client'
import { CancelledFailure, Context } from '@temporalio/activity'
import type { ApplicationFailure } from '@temporalio/common'
import { AppError, probeFailed } from '@upscale/types'
import type { AccountId, ErrorCode, TaskId } from '@upscale/types'
import { applicationFailureOf, STAGE } from '../src/activities.ts'
import { cancelUpdate, refundUpdate, retryUpdate } from '../src/messages.ts'
import { MEDIA, OUTPUT, jobBench, keepHistory, until } from './job-bench.ts'
import type { Bench, JobHandle } from './job-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await jobBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const fail = (code: ErrorCode) =>
  applicationFailureOf(new AppError(code, 'for a test'), { attempt: 1 })
const failing = (code: ErrorCode) => async () => {
  throw fail(code)
}

/** Heartbeats until it is stopped, as the engine does. */
const untilStopped = (donePercent: number) => async () => {
  const { cancellationSignal, heartbeat } = Context.current()
  while (!cancellationSignal.aborted) {
    heartbeat({ donePercent })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new CancelledFailure('stopped', [{ donePercent, attempt: 1, stage: 'upscaling' }])
}

const stageOf = async (job: JobHandle) => (await job.describe()).typedSearchAttributes.get(STAGE)
const isParked = async (job: JobHandle) => (await stageOf(job)) === 'needs_attention'

async function failureOf(job: JobHandle): Promise<ApplicationFailure> {
  const error: unknown = await job.result().then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(WorkflowFailedError)
  return (error as WorkflowFailedError).cause as ApplicationFailure
}

async function statusOf(job: JobHandle): Promise<string> {
  return (await job.describe()).status.name
}

describe('a job that is delivered', () => {
  test('answers the POST, settles, then records the result', async () => {
    const { books, records } = bench.begin()
    const { admission, job } = await bench.post()
    expect(admission).toMatchObject({
      admitted: true,
      creditsUsed: 144,
      creditsRemaining: 856,
      creditsPerSecond: 16,
    })
    expect(await job.result()).toEqual({
      outcome: 'completed',
      creditsUsed: 144,
      size: '1280x720',
    })
    expect(records.map(({ status, stage }) => [status, stage])).toEqual([
      ['pending', 'queued'],
      ['completed', 'done'],
    ])
    expect(books.states()).toEqual(['settled'])
    expect(await stageOf(job)).toBe('done')
    await keepHistory(job, 'completed')
  })

  test('gives a repeated POST the first answer, while it runs and after it', async () => {
    const { books } = bench.begin()
    const first = await bench.post()
    const taskId = first.job.workflowId as never
    const [second, third] = await Promise.all([bench.post({ taskId }), bench.post({ taskId })])
    await first.job.result()
    const late = await bench.post({ taskId, maxCredits: 1 })
    for (const { admission } of [second, third, late]) expect(admission).toEqual(first.admission)
    expect(books.balance()).toBe(856)
  })

  test('is charged anew before release when somebody gave the credits back meanwhile', async () => {
    const { books } = bench.begin()
    bench.replace({
      upscale: async ({ taskId }) => {
        books.refund({ taskId, generation: 1, accountId: 'a' as never, code: 'X', donePercent: 0 })
        return OUTPUT
      },
    })
    const { job } = await bench.post()
    await job.result()
    expect(books.states()).toEqual(['refunded', 'settled'])
    expect(books.balance()).toBe(856)
  })

  test('stays delivered and paid once when it is reset and then fails', async () => {
    const { books, records } = bench.begin()
    const { job } = await bench.post()
    await job.result()
    bench.replace({ upscale: failing('SOURCE_UNREADABLE') })
    await resetToStart(job)
    const failure = await failureOf(job)
    expect(failure.message).toContain('delivered before, still charged')
    expect(books.states()).toEqual(['settled'])
    expect(records.map(({ status }) => status)).not.toContain('failed')
  })
})

describe('a refusal', () => {
  test('by the probe completes the run and moves nothing', async () => {
    const { books, records } = bench.begin({
      probeVideo: async () => {
        throw applicationFailureOf(probeFailed('source_http_status', 'the server answered 404'))
      },
    })
    const { admission, job } = await bench.post()
    expect(admission).toEqual({
      admitted: false,
      error: {
        code: 'PROBE_FAILED',
        key: 'source_http_status',
        message: 'Could not read video duration from URL: the server answered 404',
      },
    })
    expect(await job.result()).toMatchObject({ outcome: 'refused' })
    expect(await statusOf(job)).toBe('COMPLETED')
    expect(books.states()).toEqual([])
    expect(records).toEqual([])
    await keepHistory(job, 'refused')
  })

  test('for too few credits says what is missing', async () => {
    const { books, records } = bench.begin({}, 100)
    const { admission, job } = await bench.post()
    await job.result()
    expect(admission).toMatchObject({
      admitted: false,
      error: {
        code: 'INSUFFICIENT_CREDITS',
        message: 'Insufficient credits. Required: 144, Available: 100',
      },
    })
    expect(books.balance()).toBe(100)
    expect(records).toEqual([])
  })

  test('for a price above max_credits writes nothing', async () => {
    const { books } = bench.begin()
    const { admission, job } = await bench.post({ maxCredits: 100 })
    await job.result()
    expect(admission).toMatchObject({ admitted: false, error: { code: 'MAX_CREDITS_EXCEEDED' } })
    expect(books.balance()).toBe(1_000)
  })

  test('for a ledger that does not answer in time leaves nothing debited', async () => {
    const { books } = bench.begin({
      debit: async () => {
        throw new Error('connect ECONNREFUSED')
      },
    })
    const { admission, job } = await bench.post()
    expect(admission).toMatchObject({ admitted: false, error: { code: 'SERVICE_UNAVAILABLE' } })
    await job.result()
    expect(books.states()).toEqual(['voided'])
  })

  test('for a run that somebody cancels before its admission answers the POST all the same', async () => {
    const asked = Promise.withResolvers<void>()
    const { books } = bench.begin({
      probeVideo: async () => {
        asked.resolve()
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        return MEDIA
      },
    })
    const taskId = `task_${'c'.repeat(24)}` as TaskId
    const posting = bench.post({ taskId })
    await asked.promise
    await bench.client.workflow.getHandle(taskId).cancel()
    const { admission, job } = await posting
    expect(admission).toMatchObject({ admitted: false, error: { code: 'SERVICE_UNAVAILABLE' } })
    expect(await job.result()).toMatchObject({ outcome: 'refused' })
    expect(books.states()).toEqual([])
  })

  test('for a debit whose answer was lost refunds what was taken', async () => {
    const { books } = bench.begin()
    bench.replace({
      debit: async (input) => {
        books.debit(input)
        throw new Error('reply lost')
      },
    })
    const { admission, job } = await bench.post()
    expect(admission).toMatchObject({ admitted: false, error: { code: 'SERVICE_UNAVAILABLE' } })
    await job.result()
    expect(books.states()).toEqual(['refunded'])
    expect(books.balance()).toBe(1_000)
  })
})

describe('a job that fails', () => {
  test('for a final reason is refunded at once, and shown as failed after that', async () => {
    const { books, records } = bench.begin()
    const balanceWhenFailed: number[] = []
    bench.replace({
      upscale: failing('SOURCE_UNREADABLE'),
      recordTask: async (input) => {
        records.push(input)
        if (input.status === 'failed') balanceWhenFailed.push(books.balance())
      },
    })
    const { job } = await bench.post()
    const failure = await failureOf(job)
    expect(failure.type).toBe('SOURCE_UNREADABLE')
    expect(failure.message).toBe('SOURCE_UNREADABLE: for a test; refunded in full')
    expect(balanceWhenFailed).toEqual([1_000])
    expect(records.at(-1)).toMatchObject({ status: 'failed', error: { code: 'SOURCE_UNREADABLE' } })
    await keepHistory(job, 'failed')
  })

  test('is given back by a rerun that takes over its open charge and finds no source', async () => {
    const { books } = bench.begin({ probeVideo: failing('PROBE_FAILED') })
    const left = {
      taskId: `task_${'a'.repeat(24)}` as TaskId,
      accountId: 'tester:live' as AccountId,
    }
    const charge = {
      ...left,
      generation: 1,
      durationMs: 8_500,
      factor: '2',
      orWaive: false,
    } as const
    books.debit(charge) // its run was terminated
    const { job } = await bench.post({ ...left, generation: 1 })
    expect((await failureOf(job)).type).toBe('PROBE_FAILED') // Failed, so that it can be run again
    expect(books.states()).toEqual(['refunded'])
  })

  test('is charged as the next generation when it is reset and then works', async () => {
    const { books, records } = bench.begin({ upscale: failing('GENERATION_FAILED') })
    const { job } = await bench.post()
    await failureOf(job)
    bench.replace({ upscale: async () => OUTPUT })
    await resetToStart(job)
    await job.result()
    expect(books.states()).toEqual(['refunded', 'settled'])
    expect(records.at(-1)?.status).toBe('completed')
  })
})

describe('a parked job', () => {
  test('goes on after an operator sends retry with nothing in it', async () => {
    const { books, records } = bench.begin({ upscale: failing('UPSCALER_UNAVAILABLE') })
    const { job } = await bench.post()
    await until(() => isParked(job))
    bench.replace({ upscale: async () => OUTPUT })
    expect(await job.executeUpdate<string, []>(retryUpdate.name)).toBe('retry: no reason given')
    await job.result()
    expect(books.states()).toEqual(['settled'])
    expect(records.map(({ parkedAt }) => parkedAt)).toEqual([
      undefined,
      expect.any(Number),
      null,
      undefined,
    ])
    expect(records.at(-1)?.attempts).toBe(3) // two that failed, one that worked
    await keepHistory(job, 'parked-then-retried')
  })

  test('is refunded when an operator sends refund with a text', async () => {
    const { books } = bench.begin({ upscale: failing('UPSCALER_TIMEOUT') })
    const { job } = await bench.post()
    await until(() => isParked(job))
    expect(
      await job.executeUpdate<string, [string]>(refundUpdate.name, {
        args: ['the provider is gone'],
      }),
    ).toBe('refund: the provider is gone')
    expect((await failureOf(job)).type).toBe('UPSCALER_TIMEOUT')
    expect(books.balance()).toBe(1_000)
  })

  test('is refunded by itself when nobody decides', async () => {
    const { books } = bench.begin({ upscale: failing('UPSCALER_UNAVAILABLE') })
    const { job } = await bench.post({ parkForMs: 300 })
    expect((await failureOf(job)).type).toBe('UPSCALER_UNAVAILABLE')
    expect(books.states()).toEqual(['refunded'])
    await keepHistory(job, 'parked-then-refunded')
  })

  test('and no other takes an operator’s decision', async () => {
    bench.begin({ upscale: untilStopped(0) })
    const { job } = await bench.post()
    const refused = await job
      .executeUpdate<string, []>(retryUpdate.name)
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError)
    expect((refused as WorkflowUpdateFailedError).cause).toMatchObject({ type: 'NOT_PARKED' })
    await job.cancel()
    await failureOf(job)
  })
})

describe('a cancel', () => {
  test('after an operator’s retry tells the attempts of all rounds', async () => {
    const { records } = bench.begin({ upscale: failing('UPSCALER_UNAVAILABLE') })
    const { job } = await bench.post()
    await until(() => isParked(job))
    bench.replace({ upscale: untilStopped(25) })
    await job.executeUpdate<string, []>(retryUpdate.name)
    await until(async () => (await job.describe()).raw.pendingActivities?.[0]?.heartbeatDetails)
    await job.executeUpdate(cancelUpdate)
    expect(await job.result()).toMatchObject({ outcome: 'canceled' })
    expect(records.at(-1)).toMatchObject({ status: 'canceled', attempts: 3 }) // two failed
  })

  test('by the customer stops the engine and keeps the part that is done', async () => {
    const { books, records } = bench.begin({ upscale: untilStopped(25) })
    const { job } = await bench.post()
    await until(async () => (await job.describe()).raw.pendingActivities?.[0]?.heartbeatDetails)
    await job.executeUpdate(cancelUpdate)
    expect(await job.result()).toMatchObject({
      outcome: 'canceled',
      error: { code: 'TASK_CANCELED' },
    })
    expect(books.balance()).toBe(1_000 - 36)
    expect(records.at(-1)).toMatchObject({ status: 'canceled', stage: 'upscaling', attempts: 1 })
    await keepHistory(job, 'canceled')
  })

  test('of the workflow in the Temporal UI ends failed and refunds in full', async () => {
    const { books, records } = bench.begin({ upscale: untilStopped(25) })
    const { job } = await bench.post()
    await until(async () => (await job.describe()).raw.pendingActivities?.[0]?.heartbeatDetails)
    await job.cancel()
    await job.result().catch(() => undefined)
    expect(await statusOf(job)).toBe('CANCELLED')
    expect(books.balance()).toBe(1_000)
    expect(records.at(-1)).toMatchObject({ status: 'failed', error: { key: 'stopped' } })
    await keepHistory(job, 'stopped-by-operator')
  })

  test('is refused once the work is over', async () => {
    let settled: () => void = () => undefined
    const wait = new Promise<void>((resolve) => {
      settled = resolve
    })
    const { books } = bench.begin()
    bench.replace({
      settle: async (key) => {
        await wait
        return books.settle(key)
      },
    })
    const { job } = await bench.post()
    await until(async () =>
      (await job.describe()).raw.pendingActivities?.some((a) => a.activityType?.name === 'settle'),
    )
    const refused = await job.executeUpdate(cancelUpdate).catch((error: unknown) => error)
    expect((refused as WorkflowUpdateFailedError).cause).toMatchObject({
      type: 'TASK_NOT_CANCELABLE',
    })
    settled()
    expect(await job.result()).toMatchObject({ outcome: 'completed' })
  })
})

/** As `temporal workflow reset` to the first workflow task does. */
async function resetToStart(job: JobHandle): Promise<void> {
  await bench.client.workflowService.resetWorkflowExecution({
    namespace: bench.client.options.namespace,
    workflowExecution: { workflowId: job.workflowId },
    reason: 'a test',
    requestId: job.workflowId,
    workflowTaskFinishEventId: await firstWorkflowTask(job),
  })
}

async function firstWorkflowTask(job: JobHandle) {
  const { events } = await job.fetchHistory()
  return events?.find(({ workflowTaskCompletedEventAttributes: task }) => task)?.eventId ?? null
}
