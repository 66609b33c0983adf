import { createHmac, timingSafeEqual } from 'node:crypto'
import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Delivery, Task } from '../src/customer.ts'
import type { Received } from '../src/customer-host.ts'
import { until } from '../src/patiently.ts'
import { refusalOf } from '../src/refusal.ts'

const cast = await openCast({ name: 'called', plan: 'pro_monthly', credits: 1_000 })
const { stack, host, operator, us } = cast
const testing = await cast.openTest('called')
const OK = 'https://magic.test/ok.mp4'
const WITHIN_S = 5 * 60

afterAll(() => cast[Symbol.asyncDispose]())

interface Message {
  type: string
  timestamp: string
  data: Task
  test?: boolean
}

/** As a receiver does it by the standard: the message, or why it is not believed. */
function verified({ method, headers, body }: Received, secret: string): Message {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': all } = headers
  expect(method).toBe('POST')
  expect(headers['content-type']).toMatch(/^application\/json/)
  const age = Math.abs(Date.now() / 1000 - Number(at))
  if (!(age < WITHIN_S)) throw new Error(`The timestamp ${String(at)} is old`)
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(at)}.${body}`)
    .digest()
  const given = String(all)
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'))
  if (!given.some((one) => one.length === expected.length && timingSafeEqual(one, expected)))
    throw new Error('No signature is right')
  return JSON.parse(body) as Message
}

const arrived = (got: readonly Received[], count = 1) =>
  until(`message ${count} has come`, async () => got.length >= count && got.slice())

const deliveryOf = async (who: typeof us, taskId: string, wanted: (one: Delivery) => boolean) =>
  await until('the delivery is noted', async () => {
    const [delivery] = (await who.webhooks.deliveries({ task_id: taskId })).items
    return delivery && wanted(delivery) && delivery
  })
const isDelivered = ({ status }: Delivery) => status === 'delivered'

describe('an end is told', () => {
  test('signed, once, with the whole task, and noted', async () => {
    const { secret, previous_valid_until: until } = await us.webhooks.secret()
    expect([secret, until]).toEqual([expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/), null])
    const { url, got } = host.receiver(204)
    const { id } = await us.order(host.file(await clip('still.mp4')), {
      webhook_url: url,
      metadata: { order: '7' },
    })
    const task = await us.watch(id, hasEnded)
    const [received] = await arrived(got)
    if (!received) throw new Error('Nothing came')
    const message = verified(received, secret)
    expect(message).toMatchObject({
      type: 'task.completed',
      timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    })
    expect(message.data).toEqual(task)
    expect(Buffer.byteLength(received.body)).toBeLessThan(20_000)
    expect(received.headers['webhook-id']).toMatch(/^msg_/)
    expect(() => verified({ ...received, body: `${received.body} ` }, secret)).toThrow('signature')

    const delivery = await deliveryOf(us, id, isDelivered)
    expect(delivery).toEqual({
      id: expect.stringMatching(/^whd_[A-Za-z0-9]{16,40}$/),
      webhook_id: received.headers['webhook-id'],
      task_id: id,
      type: 'task.completed',
      url,
      status: 'delivered',
      attempts: [
        {
          number: 1,
          at: expect.any(String),
          status_code: 204,
          error: null,
          duration_ms: expect.any(Number),
          response_snippet: null,
        },
      ],
      next_attempt_at: null,
      created_at: expect.any(String),
    })
    expect(await us.webhooks.delivery(delivery.id)).toEqual(delivery)
    expect(got).toHaveLength(1)
  })

  test('failures and cancels too, where they are asked for; nothing else', async () => {
    const { secret } = await testing.webhooks.secret()
    const { url, got } = host.receiver(200)
    const chosen = { webhook_url: url, webhook_events: ['task.failed', 'task.canceled'] }
    const done = await testing.order(OK, chosen)
    const failed = await testing.order('https://magic.test/fails-processing.mp4', chosen)
    const canceled = await testing.order('https://magic.test/stuck.mp4', chosen)
    await testing.cancel(canceled.id)
    await Promise.all([done, failed, canceled].map(({ id }) => testing.watch(id, hasEnded)))
    const messages = (await arrived(got, 2)).map((one) => verified(one, secret))
    expect(messages.map(({ type, data }) => `${type} ${data.id}`).toSorted()).toEqual(
      [`task.failed ${failed.id}`, `task.canceled ${canceled.id}`].toSorted(),
    )
    expect((await testing.webhooks.deliveries({ task_id: done.id })).items).toEqual([])
    expect(got).toHaveLength(2)
  })
})

describe('a receiver that does not take it', () => {
  test('is asked again a few seconds later, with the same id and data', async () => {
    const { secret } = await testing.webhooks.secret()
    const { url, got } = host.receiver(500, 204)
    const { id } = await testing.order(OK, { webhook_url: url })
    await arrived(got)
    const waiting = await deliveryOf(testing, id, ({ attempts }) => attempts.length === 1)
    expect(waiting).toMatchObject({ status: 'pending', attempts: [{ status_code: 500 }] })
    const gapMs =
      Date.parse(waiting.next_attempt_at ?? '') - Date.parse(waiting.attempts[0]?.at ?? '')
    expect(gapMs).toBeGreaterThan(3_500)
    expect(gapMs).toBeLessThan(8_000)

    const [first, second] = await arrived(got, 2)
    if (!first || !second) throw new Error('Two were wanted')
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
    expect(verified(second, secret)).toEqual(verified(first, secret))
    const at = (one: Received) => Number(one.headers['webhook-timestamp'])
    expect(at(second)).toBeGreaterThan(at(first))
    const delivery = await deliveryOf(testing, id, isDelivered)
    expect(delivery.attempts.map(({ number, status_code: code }) => [number, code])).toEqual([
      [1, 500],
      [2, 204],
    ])
  })

  test('is never followed elsewhere, and is left alone after 410', async () => {
    const { url, got } = host.receiver(302)
    const redirecting = await testing.order(OK, { webhook_url: url })
    const gone = host.receiver(410)
    const closing = await testing.order(OK, { webhook_url: gone.url })
    await Promise.all([arrived(got), arrived(gone.got)])
    const followed = await deliveryOf(
      testing,
      redirecting.id,
      ({ attempts }) => attempts.length > 0,
    )
    expect(followed).toMatchObject({ status: 'pending', attempts: [{ status_code: 302 }] })
    const closed = await deliveryOf(testing, closing.id, ({ status }) => status === 'failed')
    expect(closed).toMatchObject({ next_attempt_at: null, attempts: [{ status_code: 410 }] })
  })

  test('does not hold the job', async () => {
    const { url } = host.receiver(500)
    const { id } = await testing.order(OK, { webhook_url: url })
    expect((await testing.watch(id, hasEnded, 15_000)).status).toBe('completed')
  })

  test('holds neither its job nor other messages of the account while it does not answer', async () => {
    const source = host.file(await clip('still.mp4'))
    const silent = host.silent()
    const { id } = await us.order(source, { webhook_url: silent.url })
    const other = await us.order(source, { webhook_url: host.receiver(204).url })
    await silent.asked
    await deliveryOf(us, other.id, isDelivered)
    expect((await us.getTask(id)).status).toBe('completed')
    expect(await operator.chargesOf(id)).toEqual(['settled'])
    const run = await operator.temporal.workflow.getHandle(id).describe()
    expect(run.status.name).toBe('COMPLETED')
    const [waiting] = (await us.webhooks.deliveries({ task_id: id })).items
    expect(waiting).toMatchObject({ status: 'pending', attempts: [] }) // it still holds the first one
  })
})

describe('by hand', () => {
  test('a delivery is sent once more at once, with the same id and data', async () => {
    const { secret } = await testing.webhooks.secret()
    const { url, got } = host.receiver(204)
    const { id } = await testing.order(OK, { webhook_url: url })
    const [first] = await arrived(got)
    const delivery = await deliveryOf(testing, id, isDelivered)
    const replayed = await testing.webhooks.replay(delivery.id)
    const [, second] = await arrived(got, 2)
    if (!first || !second) throw new Error('Two were wanted')
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
    expect(verified(second, secret)).toEqual(verified(first, secret))
    expect(replayed).toMatchObject({
      id: delivery.id,
      status: 'delivered',
      attempts: { length: 2 },
    })
  })

  test('a sample is sent, signed and marked', async () => {
    const { secret } = await us.webhooks.secret()
    const { url, got } = host.receiver(200)
    const answer = await us.webhooks.test({ webhook_url: url, type: 'task.failed' })
    const [received] = await arrived(got)
    if (!received) throw new Error('Nothing came')
    expect(verified(received, secret)).toMatchObject({
      type: 'task.failed',
      test: true,
      data: { status: 'failed', error: { code: expect.any(String) } },
    })
    expect(answer.body.data).toMatchObject({
      status: 'delivered',
      task_id: null,
      url,
      webhook_id: received.headers['webhook-id'],
      attempts: [{ number: 1, status_code: 200, response_snippet: 'noted' }],
    })
    const lost = await us.webhooks.test({ webhook_url: `http://127.0.0.1:${stack.deadPort}/hook` })
    expect(lost.body.data).toMatchObject({
      status: 'failed',
      attempts: [{ status_code: null, error: expect.any(String) }],
    })
    expect(JSON.stringify(lost.body.data)).not.toMatch(/ECONN/)
  })

  test.each([
    'https://10.0.0.1/hook',
    'https://169.254.169.254/latest',
    'https://[::1]/hook',
    'http://example.com/hook',
    'https://internal/hook',
    '',
  ])('a sample for %s is refused', async (url) => {
    const answer = await us.webhooks.test({ webhook_url: url })
    expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'INVALID_WEBHOOK_URL' })
  })
})

test('after a rotation both secrets sign, for a day', async () => {
  const before = await testing.webhooks.secret()
  const rotated = await testing.webhooks.rotate()
  expect(rotated.secret).not.toBe(before.secret)
  const hours = (Date.parse(rotated.previous_valid_until ?? '') - Date.now()) / 3_600_000
  expect(hours).toBeCloseTo(24, 1)
  expect(await testing.webhooks.secret()).toEqual(rotated)

  const { url, got } = host.receiver(204)
  await testing.order(OK, { webhook_url: url })
  const [received] = await arrived(got)
  if (!received) throw new Error('Nothing came')
  expect(String(received.headers['webhook-signature']).split(' ')).toHaveLength(2)
  expect(verified(received, before.secret)).toEqual(verified(received, rotated.secret))
  expect((await us.webhooks.secret()).secret).not.toBe(rotated.secret)
})

test('the list is of one task, one status, and page by page', async () => {
  const { items } = await testing.webhooks.deliveries({ limit: 100 })
  expect(items.length).toBeGreaterThan(3)
  const first = await testing.webhooks.deliveries({ limit: 2 })
  const second = await testing.webhooks.deliveries({ limit: 2, cursor: first.next_cursor ?? '' })
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
    items.slice(0, 4).map(({ id }) => id),
  )
  const failed = await testing.webhooks.deliveries({ status: 'failed' })
  expect(failed.items.map(({ status }) => status)).toEqual(['failed'])
  const odd = await us.call('GET', '/webhooks/deliveries?status=lost')
  expect(refusalOf(odd)).toMatchObject({ status: 400, code: 'INVALID_PARAMETER' })
})
