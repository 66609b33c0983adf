import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Created, HeaderMap } from '../src/customer.ts'
import { patiently, until } from '../src/patiently.ts'
import { refusalOf } from '../src/refusal.ts'

const PRICE = 16 // 0.2 s at 2x
const cast = await openCast({ name: 'sure', plan: 'pro_monthly', credits: 5_000 })
const { stack, host, operator, us, key: apiKey, withKey } = cast
const [one = us, two = us] = stack.gateways.map((origin) => withKey(apiKey, origin))

afterAll(() => cast[Symbol.asyncDispose]())

const keyed = (key: string): HeaderMap => ({ 'idempotency-key': key })
const isReplay = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true'
const idOf = ({ body }: Answer) => (body.data as Created).id
const orderOn = {
  'POST /tools/upscale-video': (us: typeof one, url: string, headers: HeaderMap) =>
    us.upscale({ video_url: url, ignored: Math.random() }, headers),
  'POST /generate': (us: typeof one, url: string, headers: HeaderMap) =>
    us.generate({ video_url: url, prompt: `${Math.random()}` }, {}, headers),
}

/** Tasks that were created meanwhile, and the credits that they took. */
async function spentBy(work: () => Promise<void>) {
  const before = await patiently(() => us.credits())
  const tasks = async () => (await patiently(() => us.list({ limit: 100 }))).items.length
  const count = await tasks()
  await work()
  return { tasks: (await tasks()) - count, credits: before - (await patiently(() => us.credits())) }
}

describe.each(Object.entries(orderOn))('%s', (name, order) => {
  test('twice, the second time on the other gateway: the same answer, one task, one debit', async () => {
    const url = host.file(await clip('still.mp4'))
    const headers = keyed(`twice ${name}`.replaceAll(/[^a-z]/g, '-'))
    const spent = await spentBy(async () => {
      const first = await order(one, url, headers)
      const second = await order(two, url, headers)
      expect(first.status).toBe(200)
      expect(second).toMatchObject({ status: 200, body: first.body })
      expect([first, second].map(isReplay)).toEqual([false, true])
      expect(second.headers.get('location')).toBe(first.headers.get('location'))
      await us.watch(idOf(first), hasEnded)
      const third = await order(us, url, headers) // the workflow has closed
      expect(third).toMatchObject({ status: 200, body: first.body })
      expect(isReplay(third)).toBe(true)
    })
    expect(spent).toEqual({ tasks: 1, credits: PRICE })
  })

  test('ten times at once over both gateways: one task, one debit, and each gets the answer', async () => {
    const url = host.file(await clip('still.mp4'), { delayMs: 100 })
    const headers = keyed(`ten${name.length}`)
    const spent = await spentBy(async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => order(i % 2 === 0 ? one : two, url, headers)),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
      expect(answers.filter(isReplay)).toHaveLength(9)
      for (const answer of answers.slice(0, 1)) await us.watch(idOf(answer), hasEnded)
    })
    expect(spent).toEqual({ tasks: 1, credits: PRICE })
  })
})

test('a gateway that is killed before it answers: the same key finds the job on the other one', async () => {
  const held = host.gated(await clip('still.mp4'), 'probe')
  const spent = await spentBy(async () => {
    const lost = one.upscale({ video_url: held.url }, keyed('killed')).then(
      () => 'answered',
      () => 'cut',
    )
    await held.asked
    await operator.kill('gateway')
    expect(await lost).toBe('cut')
    const again = two.upscale({ video_url: held.url }, keyed('killed'))
    held.open()
    const answer = await again
    expect(answer.status).toBe(200)
    expect(isReplay(answer)).toBe(true)
    const restarted = await until('the gateway is back', async () =>
      one.upscale({ video_url: held.url }, keyed('killed')),
    )
    expect(restarted.body).toEqual(answer.body)
    await us.watch(idOf(answer), hasEnded)
  })
  expect(spent).toEqual({ tasks: 1, credits: PRICE })
})

test('both gateways start anew, and the key still stands', async () => {
  const url = host.file(await clip('still.mp4'))
  const spent = await spentBy(async () => {
    const first = await us.upscale({ video_url: url }, keyed('restarted'))
    await Promise.all([operator.kill('gateway'), operator.kill('gateway-2')])
    const again = await until('a gateway is back', () =>
      us.upscale({ video_url: url }, keyed('restarted')),
    )
    expect(again).toMatchObject({ status: 200, body: first.body })
    expect(isReplay(again)).toBe(true)
    await us.watch(idOf(first), hasEnded)
  })
  expect(spent).toEqual({ tasks: 1, credits: PRICE })
})

test('another body, another factor, the other endpoint: refused, and nothing has moved', async () => {
  const url = host.file(await clip('still.mp4'))
  const task = await us.order(url, {}, keyed('mine'))
  await us.watch(task.id, hasEnded)
  const spent = await spentBy(async () => {
    const others = [
      await two.upscale({ video_url: host.missing() }, keyed('mine')),
      await one.upscale({ video_url: url, upscale_factor: '4' }, keyed('mine')),
      await two.upscale({ video_url: url, metadata: { a: 'b' } }, keyed('mine')),
      await one.generate({ video_url: url }, {}, keyed('mine')),
    ]
    for (const answer of others) {
      expect(refusalOf(answer)).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    }
    const same = await one.upscale({ upscale_factor: '2', video_url: url }, keyed('"mine"'))
    expect(isReplay(same)).toBe(true) // quoted, in another order, the default spelled out
    expect(idOf(same)).toBe(task.id)
  })
  expect(spent).toEqual({ tasks: 0, credits: 0 })
})

test('a refusal leaves the key free', async () => {
  const gone = host.changing(await clip('still.mp4'))
  gone.become(null)
  const refused = await one.upscale({ video_url: gone.url }, keyed('freed'))
  expect(refusalOf(refused)).toMatchObject({ status: 422, code: 'PROBE_FAILED' })
  gone.become(await clip('still.mp4'))
  const spent = await spentBy(async () => {
    const answer = await two.upscale({ video_url: gone.url }, keyed('freed'))
    expect(answer.status).toBe(200)
    expect(isReplay(answer)).toBe(false)
    await us.watch(idOf(answer), hasEnded)
  })
  expect(spent).toEqual({ tasks: 1, credits: PRICE })
})

test('a replay costs nothing, even with an empty balance', async () => {
  const poor = await cast.open('sure-poor', 'pro_monthly', PRICE)
  const url = host.file(await clip('still.mp4'))
  const first = await poor.upscale({ video_url: url }, keyed('last'))
  expect(await poor.credits()).toBe(0)
  const again = await poor.upscale({ video_url: url }, keyed('last'))
  expect(again.body).toEqual(first.body)
  expect(isReplay(again)).toBe(true)
  expect((await poor.upscale({ video_url: url })).status).toBe(402)
  await poor.watch(idOf(first), hasEnded)
})

test('a key is of one account and mode', async () => {
  const other = await cast.open('sure-other')
  const url = host.file(await clip('still.mp4'))
  const testing = withKey(await operator.openTestKey('sure', 'pro_monthly'))
  const tasks = [
    await us.order(url, {}, keyed('shared')),
    await other.order(url, {}, keyed('shared')),
    await testing.order(url, {}, keyed('shared')),
  ]
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(3)
  const customers = [us, other, testing]
  await Promise.all(tasks.map(({ id }, i) => customers[i]?.watch(id, hasEnded)))
})

test('without a key two equal requests are two tasks', async () => {
  const url = host.file(await clip('still.mp4'))
  const spent = await spentBy(async () => {
    const tasks = await Promise.all([one.order(url), two.order(url)])
    await Promise.all(tasks.map(({ id }) => us.watch(id, hasEnded)))
  })
  expect(spent).toEqual({ tasks: 2, credits: 2 * PRICE })
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
