import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const parts = new AsyncDisposableStack()
let gateway: TestGateway

beforeAll(async () => {
  const temporal = parts.use(await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name)))
  gateway = parts.use(await testGateway(temporal))
  parts.use(await startSteps(gateway))
})
afterAll(() => parts.disposeAsync())

const refillsOf = (accountId: string) =>
  gateway.billing.requests.filter(
    (path) => path === `/accounts/${encodeURIComponent(accountId)}/refill`,
  )
const order = (name: string) => ({ video_url: `https://magic.test/${name}` })

describe('the balance of a test account', () => {
  test('is full at the first look of a day, without plan or pack', async () => {
    const trial = await gateway.customer('look', { balance: 0, livemode: false, apiAccess: false })
    expect((await trial.get('/api/v1/credits')).body.data).toEqual({ credits: 100_000 })
  })

  test('is full before the first order of a day is paid', async () => {
    const trial = await gateway.customer('order', { balance: 0, livemode: false })
    const { status, body } = await trial.post(UPSCALE, order('ok.mp4'))
    expect([status, body.data.creditsUsed]).toEqual([200, 144])
    expect(gateway.billing.balanceOf('order:test')).toBe(99_856)
  })

  test('is asked for once a day and process, and again on the next day', async () => {
    const trial = await gateway.customer('daily', { balance: 0, livemode: false })
    await Promise.all([trial.get('/api/v1/credits'), trial.get('/api/v1/credits')])
    await trial.post(UPSCALE, order('ok.mp4'))
    expect(refillsOf('daily:test')).toHaveLength(1)

    const { now } = gateway.ctx
    gateway.ctx.now = () => new Date(now().getTime() + 86_400_000)
    const { body } = await trial.get('/api/v1/credits')
    gateway.ctx.now = now
    expect(body.data).toEqual({ credits: 100_000 })
    expect(refillsOf('daily:test')).toHaveLength(2)
  })

  test('a live key refills nothing', async () => {
    const live = await gateway.customer('paying', { balance: 7 })
    expect((await live.get('/api/v1/credits')).body.data).toEqual({ credits: 7 })
    expect(refillsOf('paying:live')).toEqual([])
  })

  test('reads go on while billing is down, creates wait, and it is asked for again', async () => {
    const trial = await gateway.customer('down', { balance: 0, livemode: false })
    gateway.billing.fail(true)
    const read = await trial.get('/api/v1/tasks/task_0123456789abcdef')
    const created = await trial.post(UPSCALE, order('ok.mp4'))
    gateway.billing.fail(false)
    expect([read.status, read.body.error.code]).toEqual([404, 'TASK_NOT_FOUND'])
    expect([created.status, created.body.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
    expect((await trial.get('/api/v1/credits')).body.data).toEqual({ credits: 100_000 })
  })
})

describe('magic URLs', () => {
  test('with a test key start a job that says its name', async () => {
    const trial = await gateway.customer('magic', { livemode: false })
    const { body } = await trial.post(UPSCALE, order('ok.mp4'))
    expect(body.data.input.video_url).toBe('https://magic.test/ok.mp4')
    const handle = gateway.ctx.temporal.client.workflow.getHandle(body.data.id)
    const { events } = await handle.fetchHistory()
    const queues = events?.flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.taskQueue?.name ?? [],
    )
    expect(queues).toContain('upscale-magic')
    expect(queues).not.toContain('upscale')
  })

  test('insufficient-credits.mp4 is refused, and nothing is charged', async () => {
    const trial = await gateway.customer('poor', { livemode: false })
    const { status, body } = await trial.post(UPSCALE, order('insufficient-credits.mp4'))
    expect(status).toBe(402)
    expect(body.error).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      message: 'Insufficient credits. Required: 144, Available: 45',
    })
    expect(gateway.billing.balanceOf('poor:test')).toBe(100_000)
  })

  test('a quote for insufficient-credits.mp4 says that it cannot be paid', async () => {
    const trial = await gateway.customer('poor-quote', { livemode: false })
    const quote = async (name: string) =>
      (await trial.post(`${UPSCALE}/quote`, order(name))).body.data
    expect(await quote('insufficient-credits.mp4')).toMatchObject({ affordable: false })
    expect(await quote('ok.mp4')).toMatchObject({ affordable: true })
  })

  test('with a live key are at no public host', async () => {
    const live = await gateway.customer('live-magic')
    const { status, body } = await live.post(UPSCALE, order('ok.mp4'))
    expect(status).toBe(422)
    expect(body.error).toMatchObject({
      code: 'PROBE_FAILED',
      key: 'url_host_not_allowed',
      param: 'video_url',
    })
  })
})

test('the two modes of a customer never see each other', async () => {
  const live = await gateway.customer('both')
  const trial = await gateway.customer('both', { livemode: false })
  const { id } = (await trial.post(UPSCALE, order('slow.mp4'))).body.data
  const path = `/api/v1/tasks/${id}`
  expect((await trial.get(path)).body.data.livemode).toBe(false)
  expect((await live.get(path)).status).toBe(404)
  expect((await live.post(`${path}/cancel`, '')).body.error.code).toBe('TASK_NOT_FOUND')
  expect(gateway.billing.balanceOf('both:live')).toBe(1_000)
  expect(gateway.billing.balanceOf('both:test')).toBe(99_856)
})
