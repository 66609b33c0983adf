import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { WorkflowHandle } from '@temporalio/client'
import { AppError, probeFailed, quoteExpired } from '@upscale/types'
import type { AccountId, DebitInput, QuoteJob } from '@upscale/types'
import { QUEUES, applicationFailureOf } from '../src/activities.ts'
import type { ProbeInput } from '../src/activities.ts'
import type { quoteVideo } from '../src/index.ts'
import { MEDIA, OUTPUT, jobBench, keepHistory } from './job-bench.ts'
import type { Bench } from './job-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await jobBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

function startQuote(given: Partial<QuoteJob> = {}): Promise<WorkflowHandle<typeof quoteVideo>> {
  const job: QuoteJob = {
    quoteId: `quote_${randomBytes(12).toString('hex')}`,
    accountId: 'tester:live' as AccountId,
    factor: '2',
    source: { host: 'cdn.example', sealed: 'k.sealed' },
    ...given,
  }
  return bench.client.workflow.start<typeof quoteVideo>('quoteVideo', {
    workflowId: job.quoteId,
    taskQueue: QUEUES.orchestrator,
    args: [job],
  })
}

describe('a quote', () => {
  test('says what the probe found, and moves no money', async () => {
    const probed: ProbeInput[] = []
    const { books, records } = bench.begin({
      probeVideo: async (input) => {
        probed.push(input)
        return MEDIA
      },
    })
    const quote = await startQuote({ livemode: false, factor: '4' })
    expect(await quote.result()).toEqual({ outcome: 'quoted', media: MEDIA })
    const source = { host: 'cdn.example', sealed: 'k.sealed' }
    expect(probed).toEqual([{ taskId: quote.workflowId, source, factor: '4', livemode: false }])
    expect(books.states()).toEqual([])
    expect(records).toEqual([])
    await keepHistory(quote, 'quote')
  })

  test.each([
    [
      applicationFailureOf(probeFailed('source_http_status', 'the server answered 404')),
      {
        code: 'PROBE_FAILED',
        key: 'source_http_status',
        message: 'Could not read video duration from URL: the server answered 404',
      },
    ],
    [
      applicationFailureOf(
        new AppError('OUTPUT_TOO_LARGE', 'too big', { details: { max_factor: '2' } }),
      ),
      {
        code: 'OUTPUT_TOO_LARGE',
        key: 'output_too_large',
        message: 'too big',
        details: { max_factor: '2' },
      },
    ],
  ])('that is refused completes the run with the reason', async (failure, error) => {
    bench.begin({
      probeVideo: async () => {
        throw failure
      },
    })
    const quote = await startQuote()
    expect(await quote.result()).toEqual({ outcome: 'refused', error })
    expect((await quote.describe()).status.name).toBe('COMPLETED')
  })
})

describe('a quoted job', () => {
  const quotedAt = Date.UTC(2026, 10, 28, 12)
  const media = { ...MEDIA, durationMs: 4_500 }

  test('is not probed again, and pays the price of its quote', async () => {
    const debits: DebitInput[] = []
    const { books, records } = bench.begin({
      probeVideo: async () => {
        throw new Error('probed twice')
      },
    })
    bench.replace({
      debit: async (input) => {
        debits.push(input)
        return books.debit(input)
      },
    })
    const { admission, job } = await bench.post({ quote: { media, quotedAt } })
    expect(admission).toMatchObject({ admitted: true, media, creditsUsed: 80 })
    expect(await job.result()).toMatchObject({ outcome: 'completed', creditsUsed: 80 })
    expect(debits).toEqual([expect.objectContaining({ durationMs: 4_500, pricedAt: quotedAt })])
    expect(records[0]).toMatchObject({ status: 'pending', media })
    const { events } = await job.fetchHistory()
    const names = events?.map(
      ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name,
    )
    expect(names).not.toContain('probeVideo')
    await keepHistory(job, 'completed-after-quote')
  })

  test('upscales what was quoted', async () => {
    const sources: unknown[] = []
    bench.begin({
      upscale: async ({ media }) => {
        sources.push(media)
        return OUTPUT
      },
    })
    const { job } = await bench.post({ quote: { media, quotedAt } })
    await job.result()
    expect(sources).toEqual([media])
  })

  test('is refused where the price of its quote is over, and moves nothing', async () => {
    const { records } = bench.begin({
      debit: async () => {
        throw applicationFailureOf(quoteExpired())
      },
    })
    const { admission, job } = await bench.post({ quote: { media, quotedAt } })
    expect(admission).toMatchObject({ admitted: false, error: { code: 'QUOTE_EXPIRED' } })
    expect(await job.result()).toMatchObject({ outcome: 'refused' })
    expect(records).toEqual([])
  })

  test('without a quote names no time of its price', async () => {
    const debits: DebitInput[] = []
    const { books } = bench.begin()
    bench.replace({
      debit: async (input) => {
        debits.push(input)
        return books.debit(input)
      },
    })
    const { job } = await bench.post()
    await job.result()
    expect(debits.map((debit) => 'pricedAt' in debit)).toEqual([false])
  })
})
