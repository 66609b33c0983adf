import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Customer, Quote } from '../src/customer.ts'
import { holdingsOf, refusalOf } from '../src/refusal.ts'
import { haveTimedJob } from '../src/timed-job.ts'

const cast = await openCast({ name: 'careful', plan: 'pro_monthly', credits: 1_000 })
const { host, us } = cast
const testing = await cast.openTest('careful')

beforeAll(() => haveTimedJob(cast))
afterAll(() => cast[Symbol.asyncDispose]())

async function quoteOf(who: Customer, body: object): Promise<Quote> {
  const answer = await who.quote(body)
  expect(answer.status).toBe(200)
  return answer.body.data as Quote
}

test('it says all that a create would cost and make, and moves nothing', async () => {
  const before = await holdingsOf(us)
  const url = host.file(await clip('base.mp4'))
  const quote = await quoteOf(us, { video_url: url, upscale_factor: '4' })
  expect(quote).toEqual({
    quote_id: expect.stringMatching(/^quote_[A-Za-z0-9]{16,40}$/),
    model: 'topaz-video-upscale',
    input: {
      video_url: url,
      upscale_factor: '4',
      detected_duration: '3s',
      billed_seconds: 3,
      credits_per_second: 28,
    },
    credits: 84,
    affordable: true,
    source: expect.objectContaining({ duration: 3, width: 320, height: 180, codec: 'h264' }),
    output: { width: 1280, height: 720, codec: 'h264' },
    eta_seconds: expect.any(Number),
    expires_at: expect.any(String),
  })
  const validForMs = Date.parse(quote.expires_at) - Date.now()
  expect(validForMs).toBeGreaterThan(14.5 * 60_000)
  expect(validForMs).toBeLessThanOrEqual(15 * 60_000)
  expect(await holdingsOf(us)).toEqual(before)
})

test('it fixes price and probe: the create asks the host for nothing, and each use charges', async () => {
  const file = host.changing(await clip('base.mp4'))
  const quote = await quoteOf(us, { video_url: file.url })
  const before = await us.credits()
  const order = { video_url: file.url, quote_id: quote.quote_id }
  const first = await us.upscale(order)
  expect(first.body.data).toMatchObject({
    creditsUsed: quote.credits,
    creditsRemaining: before - quote.credits,
    input: quote.input,
  })
  const firstTask = await us.watch((first.body.data as { id: string }).id, hasEnded)
  expect(firstTask.status).toBe('completed')

  file.become(null) // no probe can read it now
  const second = await us.upscale(order)
  expect(second.status).toBe(200)
  const secondTask = await us.watch((second.body.data as { id: string }).id, hasEnded)
  expect(secondTask.error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', refunded_credits: 48 })
  expect(await us.credits()).toBe(before - quote.credits)
})

test('one that cannot be paid is given all the same, and says so', async () => {
  const poor = await cast.open('careful-poor', 'pro_monthly', 47)
  const quote = await quoteOf(poor, { video_url: host.file(await clip('base.mp4')) })
  expect(quote).toMatchObject({ credits: 48, affordable: false })
})

test.each([
  ['404.mp4', 'PROBE_FAILED', 'source_http_status'],
  ['timeout.mp4', 'PROBE_FAILED', 'source_timeout'],
  ['clip.webm', 'UNSUPPORTED_VIDEO', 'format_not_supported'],
  ['too-long.mp4', 'VIDEO_TOO_LONG', 'video_too_long'],
])('it refuses what a create would: %s', async (name, code, key) => {
  const answer = await testing.quote({ video_url: `https://magic.test/${name}` })
  expect(refusalOf(answer)).toMatchObject({ status: 422, code, key })
})

test('it refuses what is not well said', async () => {
  expect(refusalOf(await us.quote({}))).toMatchObject({ status: 400, code: 'MISSING_VIDEO_URL' })
  const odd = await us.quote({ video_url: host.missing(), upscale_factor: '3' })
  expect(refusalOf(odd)).toMatchObject({ status: 400, code: 'INVALID_UPSCALE_FACTOR' })
})

test('a quote is of one account and mode', async () => {
  const url = host.file(await clip('base.mp4'))
  const { quote_id: id } = await quoteOf(us, { video_url: url })
  const other = await cast.open('careful-other')
  for (const who of [other, testing]) {
    const answer = await who.upscale({ video_url: url, quote_id: id })
    expect(refusalOf(answer)).toMatchObject({ status: 404, code: 'QUOTE_NOT_FOUND' })
  }
})
