import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Task } from '../src/customer.ts'
import { refusalOf } from '../src/refusal.ts'

const GRANT = 1_000
const BALANCE = 100_000
const cast = await openCast({ name: 'tester', plan: 'pro_monthly', credits: GRANT })
const { host, operator, us, fetch } = cast
const testing = cast.withKey(await operator.openTestKey('tester', 'pro_monthly'))
const NO_LINK = `${cast.stack.api}/results/none`
const magic = (name: string) => `https://magic.test/${name}`

afterAll(() => cast[Symbol.asyncDispose]())

async function run(url: string, options: object = {}): Promise<{ task: Task; ms: number }> {
  const began = Date.now()
  const { id } = await testing.order(url, options)
  const task = await testing.watch(id, hasEnded)
  return { task, ms: Date.now() - began }
}

describe('magic URLs that are accepted', () => {
  const ENDS = {
    'ok.mp4': { status: 'completed', attempts: 1, creditsUsed: 144 },
    'sixty.mp4': { status: 'completed', attempts: 1, creditsUsed: 960 },
    'big.mp4': { status: 'completed', output: { width: 5120, height: 2880 } },
    'retry.mp4': { status: 'completed', attempts: 2, cost: { refunded_credits: 0 } },
    'fails-processing.mp4': { status: 'failed', error: { code: 'GENERATION_FAILED' } },
    'upscaler-timeout.mp4': { status: 'failed', error: { code: 'UPSCALER_TIMEOUT' } },
  }
  const tasks = new Map<string, Task>()
  let paidInAll: number

  beforeAll(async () => {
    const before = await testing.credits()
    const waits = Object.keys(ENDS).map(async (name) => {
      const { task } = await run(magic(name))
      tasks.set(name, task)
    })
    await Promise.all(waits) // none of them holds up another
    paidInAll = before - (await testing.credits())
  })

  test.each(Object.entries(ENDS))('%s', async (name, expected) => {
    const task = tasks.get(name)
    expect(task).toMatchObject({ ...expected, livemode: false })
    const paid = expected.status === 'failed' ? 0 : task?.creditsUsed
    expect(task?.cost).toMatchObject({ net_credits: paid })
    const { status } = await fetch(task?.result?.url ?? NO_LINK)
    expect(status).toBe(expected.status === 'completed' ? 200 : 404)
  })

  test('what is delivered is paid, and nothing else', () => {
    const costs = [...tasks.values()].map(({ cost }) => cost.net_credits)
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(paidInAll)
  })

  test('ok.mp4 is 8.5 s of 1280×720, and takes about 3 s', async () => {
    const { task, ms } = await run(magic('ok.mp4'))
    expect(task).toMatchObject({
      input: { detected_duration: '8.5s', billed_seconds: 9, credits_per_second: 16 },
      source: { duration: 8.5, width: 1280, height: 720 },
      output: { width: 2560, height: 1440, duration: 8.5 },
    })
    expect(ms).toBeGreaterThan(2_000)
    expect(ms).toBeLessThan(8_000)
    const keptMs = Date.parse(task.output?.expires_at ?? '') - Date.now()
    expect(keptMs / 3_600_000).toBeCloseTo(24, 0)
  })

  test('slow.mp4 goes on for a minute with progress each second; stuck.mp4 stays at 50 %', async () => {
    const slow = await testing.order(magic('slow.mp4'))
    const stuck = await testing.order(magic('stuck.mp4'))
    await using stream = await testing.events(slow.id)
    const seen: number[] = []
    while (seen.length < 4) {
      const event = await stream.next()
      if (event?.event === 'task.progress') seen.push(event.data.task.progress)
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBeLessThan(0.5)
    const half = 0.15 + 0.75 / 2 // half of the band of the upscaling
    const held = await testing.watch(stuck.id, ({ progress }) => progress >= half)
    const later = await testing.getTask(stuck.id)
    expect([held.stage, later.status]).toEqual(['upscaling', 'processing'])
    for (const { progress } of [held, later]) expect(progress).toBeCloseTo(half, 2)
    const wait = { prefer: 'wait=20' } // until its refund is booked
    await Promise.all([slow, stuck].map(({ id }) => testing.cancel(id, wait)))
  })
})

describe('magic URLs that are refused', () => {
  test.each([
    ['too-long.mp4', '2', 422, 'VIDEO_TOO_LONG', 'video_too_long', /74\.2s/],
    ['404.mp4', '2', 422, 'PROBE_FAILED', 'source_http_status', /404/],
    ['timeout.mp4', '2', 422, 'PROBE_FAILED', 'source_timeout', /too long/],
    ['corrupt.mp4', '2', 422, 'PROBE_FAILED', 'source_not_video', /not a video/],
    ['clip.webm', '2', 422, 'UNSUPPORTED_VIDEO', 'format_not_supported', /webm/],
    ['big.mp4', '4', 422, 'OUTPUT_TOO_LARGE', 'output_too_large', /Largest factor is 2/],
    ['insufficient-credits.mp4', '2', 402, 'INSUFFICIENT_CREDITS', 'insufficient_credits', /144/],
    ['error.mp4', '2', 500, 'INTERNAL_ERROR', 'internal_error', /request id/],
    ['no-such-name.mp4', '2', 422, 'PROBE_FAILED', 'source_http_status', /ok\.mp4/],
  ] as const)('%s at %sx', async (name, factor, status, code, key, message) => {
    const before = [await testing.credits(), (await testing.list({ limit: 100 })).items.length]
    const answer = await testing.upscale({ video_url: magic(name), upscale_factor: factor })
    expect(refusalOf(answer)).toMatchObject({ status, code, key })
    expect(answer.body.error?.message).toMatch(message)
    const after = [await testing.credits(), (await testing.list({ limit: 100 })).items.length]
    expect(after).toEqual(before)
  })
})

test('any other URL goes through the whole pipeline, with a plain resize', async () => {
  const { task } = await run(host.file(await clip('base.mp4')), { upscale_factor: '4' })
  expect(task).toMatchObject({
    status: 'completed',
    livemode: false,
    creditsUsed: 84,
    output: { width: 1280, height: 720, duration: 3, codec: 'h264' },
  })
  const bad = await testing.upscale({ video_url: host.file(await clip('v.webm')) })
  expect(refusalOf(bad)).toMatchObject({ status: 422, code: 'UNSUPPORTED_VIDEO' })
  const local = await testing.upscale({ video_url: 'http://10.0.0.1/a.mp4' })
  expect(refusalOf(local)).toMatchObject({ status: 422, key: 'url_address_not_allowed' })
})

test('its balance is its own, open to every account, and has no daily quota', async () => {
  const fresh = await cast.openTest('tester-fresh') // of a free plan, without credits
  expect(await fresh.credits()).toBe(BALANCE)
  const { id } = await fresh.order(magic('ok.mp4'))
  expect(await fresh.credits()).toBe(BALANCE - 144)
  expect(await us.credits()).toBe(GRANT)
  const { headers } = await fresh.call('GET', `/tasks/${id}`)
  expect(headers.get('x-ratelimit-limit')).toBeNull()
  expect(headers.get('ratelimit')).toMatch(/^"burst";r=\d+;t=\d+$/)
  await fresh.watch(id, hasEnded)
})

test('a live key takes no magic URL', async () => {
  const answer = await us.upscale({ video_url: magic('ok.mp4') })
  expect(refusalOf(answer)).toMatchObject({
    status: 422,
    code: 'PROBE_FAILED',
    key: 'url_host_not_allowed',
  })
})

test('live and test never see each other', async () => {
  const { id: live } = await us.order(host.file(await clip('still.mp4')))
  const { task } = await run(magic('ok.mp4'))
  const pairs = [
    [testing, live],
    [us, task.id],
  ] as const
  for (const [who, id] of pairs) {
    const answers = [
      await who.call('GET', `/tasks/${id}`),
      await who.cancel(id),
      await who.remove(id),
      await who.call('GET', `/tasks/${id}/events`, { headers: { accept: 'application/json' } }),
    ]
    for (const answer of answers)
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
    expect((await who.transactions({ task_id: id })).items).toEqual([])
    expect((await who.list({ limit: 100 })).items.map((item) => item.id)).not.toContain(id)
  }
  expect((await us.watch(live, hasEnded)).status).toBe('completed')
  const secrets = [await us.webhooks.secret(), await testing.webhooks.secret()]
  expect(secrets[0]?.secret).not.toBe(secrets[1]?.secret)
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
