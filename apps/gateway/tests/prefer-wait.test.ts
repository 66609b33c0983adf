import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const clip = (name: string) => `http://origin:9000/${name}`

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
  worker = await startWorker(workerCtx, gateway.workerConfig)
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

describe('on create', () => {
  test('the answer is the create data and the task at its end', async () => {
    const customer = await gateway.customer('create')
    const answer = await customer.post(
      UPSCALE,
      { video_url: clip('ok.mp4') },
      { prefer: 'wait=20' },
    )
    const { id } = answer.body.data
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([200, 'wait=20'])
    expect(answer.headers.get('location')).toBe(`/api/v1/tasks/${id}`)
    const task = (await customer.get(`/api/v1/tasks/${id}`)).body.data
    expect(answer.body.data).toEqual({ ...task, creditsRemaining: 856 })
    expect(task.status).toBe('completed')
  })

  test('after its seconds it is the task as it is', async () => {
    const customer = await gateway.customer('short')
    const began = Date.now()
    const body = { model: 'topaz-video-upscale', input: { video_url: clip('slow.mp4') } }
    const answer = await customer.post('/api/v1/generate', body, { prefer: 'wait=2' })
    expect(Date.now() - began).toBeGreaterThanOrEqual(2_000)
    expect(Date.now() - began).toBeLessThan(4_000)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: {
          status: 'processing',
          stage: 'upscaling',
          progress: 0.42,
          creditsUsed: 144,
          creditsRemaining: 856,
          input: { video_url: clip('slow.mp4') },
        },
      },
    })
    steps.release(answer.body.data.id)
  })

  test('a failed task is still a 200', async () => {
    const customer = await gateway.customer('fails')
    const body = { video_url: clip('fails.mp4') }
    const answer = await customer.post(UPSCALE, body, { prefer: 'wait=20' })
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, data: { status: 'failed', error: { refunded_credits: 144 } } },
    })
  })

  test('a refusal waits for nothing', async () => {
    const customer = await gateway.customer('refused')
    const body = { video_url: clip('404.mp4') }
    const answer = await customer.post(UPSCALE, body, { prefer: 'wait=20' })
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([422, null])
  })

  test('without it, and where it cannot be read, the answer has its own fields alone', async () => {
    const customer = await gateway.customer('plain')
    for (const headers of [{}, { prefer: 'wait=soon' }, { prefer: 'wait=0' }]) {
      const answer = await customer.post(UPSCALE, { video_url: clip('ok.mp4') }, headers)
      expect(Object.keys(answer.body.data)).toEqual([
        'id',
        'model',
        'status',
        'input',
        'creditsUsed',
        'creditsRemaining',
        'createdAt',
      ])
      expect(answer.headers.get('preference-applied')).toBeNull()
    }
  })
})

describe('on a read', () => {
  test('the end is told the moment it comes, and it costs no queries in between', async () => {
    const customer = await gateway.customer('read')
    const { id } = (await customer.post(UPSCALE, { video_url: clip('slow.mp4') })).body.data
    const path = `/api/v1/tasks/${id}`
    const waiting = customer.get(path, { prefer: 'wait=90' })
    await sleep(1_500)
    steps.release(id)
    const answer = await waiting
    expect(answer).toMatchObject({ status: 200, body: { data: { status: 'completed' } } })
    expect(answer.headers.get('preference-applied')).toBe('wait=60')
    const began = Date.now()
    expect((await customer.get(path, { prefer: 'wait=60' })).body).toEqual(answer.body)
    expect(Date.now() - began).toBeLessThan(500)
  })

  test('a client that goes away is waited for no longer', async () => {
    const customer = await gateway.customer('away')
    const { id } = (await customer.post(UPSCALE, { video_url: clip('slow.mp4') })).body.data
    const stop = new AbortController()
    const headers = { authorization: `Bearer ${customer.key}`, prefer: 'wait=60' }
    const gone = gateway.call(`/api/v1/tasks/${id}`, { headers, signal: stop.signal })
    await sleep(300)
    const { taskEvents } = gateway.ctx
    expect(taskEvents.taskIds()).toContain(id)
    stop.abort()
    await expect(gone).rejects.toThrow()
    for (const end = Date.now() + 2_000; taskEvents.taskIds().includes(id);) {
      if (Date.now() > end) throw new Error('It is still waited for')
      await sleep(20)
    }
    steps.release(id)
  })

  test('of a missing task is a 404 at once', async () => {
    const customer = await gateway.customer('none')
    const path = `/api/v1/tasks/task_${'0'.repeat(24)}`
    const answer = await customer.get(path, { prefer: 'wait=60' })
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'TASK_NOT_FOUND' } } })
  })
})
