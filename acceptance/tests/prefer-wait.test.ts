import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Task } from '../src/customer.ts'

const cast = await openCast({ name: 'patient', plan: 'pro_monthly', credits: 1_000 })
const { host, us, fetch } = cast
const testing = await cast.openTest('patient')

afterAll(() => cast[Symbol.asyncDispose]())

async function timed(work: () => Promise<Answer>) {
  const began = Date.now()
  const answer = await work()
  const { status, headers, body } = answer
  const applied = headers.get('preference-applied')
  return { status, applied, task: body.data as Task, ms: Date.now() - began }
}
const wait = (value: string) => ({ prefer: value })

describe('on create', () => {
  test('it answers with the end: the create answer and the whole task in one', async () => {
    const url = host.file(await clip('base.mp4'))
    const { status, applied, task } = await timed(() =>
      us.upscale({ video_url: url }, wait('wait=60')),
    )
    expect([status, applied]).toEqual([200, 'wait=60'])
    expect(task).toMatchObject({
      status: 'completed',
      creditsUsed: 48,
      creditsRemaining: 1_000 - 48,
      output: { width: 640, height: 360 },
    })
    const { creditsRemaining: _only, ...whole } = task as Task & { creditsRemaining: number }
    expect(whole).toEqual(await us.getTask(task.id))
    expect((await fetch(task.result?.url ?? '')).status).toBe(200)
  })

  test('or after N seconds with the task as it is then', async () => {
    const { status, applied, task, ms } = await timed(() =>
      testing.generate({ video_url: 'https://magic.test/stuck.mp4' }, {}, wait('wait=2')),
    )
    expect([status, applied]).toEqual([200, 'wait=2'])
    expect(task.status).toBe('processing')
    expect(ms).toBeGreaterThanOrEqual(2_000)
    expect(ms).toBeLessThan(5_000)
    const canceled = await timed(() => testing.cancel(task.id, wait('wait=20')))
    expect(canceled.task).toMatchObject({ status: 'canceled', cost: { credits: 144 } })
    expect(canceled.applied).toBe('wait=20')
    expect(canceled.ms).toBeLessThan(15_000)
  })

  test('a replay waits too', async () => {
    const key = { 'idempotency-key': 'patient' }
    const body = { video_url: 'https://magic.test/ok.mp4' }
    const first = await testing.upscale(body, key)
    expect((first.body.data as Task).status).toBe('pending')
    const { task, applied } = await timed(() =>
      testing.upscale(body, { ...key, ...wait('wait=20') }),
    )
    expect(applied).toBe('wait=20')
    expect(task.status).toBe('completed')
  })

  test('a refusal waits for nothing', async () => {
    const body = { video_url: 'https://magic.test/404.mp4' }
    const { status, ms } = await timed(() => testing.upscale(body, wait('wait=60')))
    expect(status).toBe(422)
    expect(ms).toBeLessThan(5_000)
  })
})

describe('on a read', () => {
  test('it answers when the task ends', async () => {
    const { id } = await testing.order('https://magic.test/ok.mp4')
    const headers = wait('wait=20')
    const { task, ms } = await timed(() => testing.call('GET', `/tasks/${id}`, { headers }))
    expect(task.status).toBe('completed')
    expect(ms).toBeLessThan(10_000)
    const again = await timed(() => testing.call('GET', `/tasks/${id}`, { headers }))
    expect(again.ms).toBeLessThan(1_000)
    expect(again.applied).toBe('wait=20')
  })

  test('many wait for the same end at once', async () => {
    const { id } = await testing.order('https://magic.test/ok.mp4')
    const reads = Array.from({ length: 30 }, () => testing.getTask(id, wait('wait=20')))
    expect(new Set((await Promise.all(reads)).map(({ status }) => status))).toEqual(
      new Set(['completed']),
    )
  })

  test.each([
    ['respond-async, wait=7; a=b', 'wait=7'],
    ['wait="7"', 'wait=7'],
    ['wait=3600', 'wait=60'],
    ['wait=0', null],
    ['wait=-1', null],
    ['wait=soon', null],
    ['return=minimal', null],
  ])('Prefer: %s is applied as %s', async (prefer, applied) => {
    const { id } = await ended
    const { status, ...seen } = await timed(() =>
      testing.call('GET', `/tasks/${id}`, { headers: { prefer } }),
    )
    expect([status, seen.applied]).toEqual([200, applied])
  })

  const ended = testing
    .order('https://magic.test/ok.mp4')
    .then(({ id }) => testing.watch(id, hasEnded))
})
