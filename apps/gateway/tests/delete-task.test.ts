import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { TaskId } from '@upscale/types'
import type { removeExpired } from '@upscale/workflows'
import { QUEUES, SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import type { Answer, TaskData, TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const PUBLIC = 'http://127.0.0.1:1'
type Customer = Awaited<ReturnType<TestGateway['customer']>>

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let customer: Customer
const parts = new AsyncDisposableStack()

beforeAll(async () => {
  temporal = parts.use(await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name)))
  gateway = parts.use(await testGateway(temporal))
  steps = parts.use(await startSteps(gateway))
  workerCtx = parts.use(gateway.workerContext())
  parts.use(await startWorker(workerCtx, gateway.workerConfig))
  customer = await gateway.customer('acme', { balance: 10_000 })
})
afterAll(() => parts.disposeAsync())

const clip = (name: string) => `http://origin:9000/${name}?signature=hush`

async function create(videoUrl: string): Promise<TaskId> {
  const { status, body } = await customer.post(UPSCALE, { video_url: videoUrl })
  expect(status).toBe(200)
  return body.data.id
}

async function until(id: TaskId, status: TaskData['status']): Promise<TaskData> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    const { body } = await customer.get(`/api/v1/tasks/${id}`)
    if (body.data.status === status) return body.data
  }
  throw new Error(`${id} did not become ${status}`)
}

const remove = (id: string, { key }: Customer = customer): Promise<Answer> =>
  gateway.call(`/api/v1/tasks/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}` },
  })

/** An upload of the customer's, stored. */
async function upload(): Promise<{ publicUrl: string; key: string; uploadUrl: string }> {
  const { body } = await customer.post('/api/v1/upload', { contentType: 'video/mp4' })
  const slot = body.data as unknown as { publicUrl: string; key: string; uploadUrl: string }
  expect((await send(slot)).status).toBe(200)
  return slot
}
const send = ({ uploadUrl }: { uploadUrl: string }): Promise<Answer> =>
  gateway.call(uploadUrl.slice(PUBLIC.length), {
    method: 'PUT',
    headers: { 'content-type': 'video/mp4' },
    body: 'bytes',
  })

const read = (url: string): Promise<Answer> => gateway.call(url.slice(PUBLIC.length))
const filesOf = (id: TaskId): Promise<string[]> =>
  readdir(join(gateway.objects, 'results', id), { recursive: true }).catch(() => [])
const rowOf = (id: TaskId) =>
  gateway.ctx.db
    .selectFrom('gateway.task')
    .selectAll()
    .where('taskId', '=', id)
    .executeTakeFirstOrThrow()

describe('deleting a delivered task', () => {
  test('takes its result, its upload and its URL at once, and leaves the receipt', async () => {
    const source = await upload()
    const id = await create(source.publicUrl)
    const done = await until(id, 'completed')
    const link = String(done.result?.url)
    expect((await read(link)).status).toBe(200)
    const handle = gateway.ctx.temporal.client.workflow.getHandle(id)
    expect(await (await handle.describe()).staticDetails()).toContain('source at `uploads`')
    expect(JSON.stringify(await handle.fetchHistory())).not.toContain(source.key)
    await gateway.ctx.db
      .insertInto('gateway.webhookDelivery')
      .values({
        deliveryId: 'whd_0123456789abcdef',
        webhookId: 'msg_0123456789abcdef',
        accountId: customer.accountId,
        livemode: true,
        taskId: id,
        type: 'task.completed',
        url: 'https://a.example/',
        body: link,
        status: 'delivered',
        nextAttemptAt: null,
      })
      .execute()

    const before = Date.now()
    const answer = await remove(id)
    expect(answer.status).toBe(200)
    const { input, output } = done
    expect(answer.body).toEqual({
      success: true,
      data: {
        ...done,
        result: { url: null, type: 'video' },
        input: { ...input, video_url: null },
        output: { ...output, url: null, expires_at: expect.any(String) },
      },
    })
    const endedAt = Date.parse(String(answer.body.data.output?.expires_at))
    expect(Math.abs(endedAt - before)).toBeLessThan(5_000)

    expect(await read(link)).toMatchObject({ status: 404, body: { error: { code: 'NO_RESULT' } } })
    expect((await read(source.publicUrl)).status).toBe(404)
    expect((await send(source)).status).toBe(404)
    expect(await filesOf(id)).toEqual([])
    expect(await gateway.ctx.objects.stat(source.key)).toBeUndefined()
    expect(await rowOf(id)).toMatchObject({
      deletedAt: expect.any(Date),
      removedAt: expect.any(Date),
    })
    const [delivery] = await gateway.ctx.db
      .selectFrom('gateway.webhookDelivery')
      .select(['status', 'body'])
      .execute()
    expect(delivery).toEqual({ status: 'delivered', body: null })

    const again = await remove(id)
    expect([again.status, again.body]).toEqual([answer.status, answer.body])
    expect((await customer.get(`/api/v1/tasks/${id}`)).body).toEqual(answer.body)
  })

  test('takes the quote that it was made with, and no other', async () => {
    const quoteOf = async (name: string) => {
      const { status, body } = await customer.post(`${UPSCALE}/quote`, { video_url: clip(name) })
      expect(status).toBe(200)
      return (body.data as unknown as { quote_id: string }).quote_id
    }
    const [used, other] = [await quoteOf('ok.mp4'), await quoteOf('ok.mp4')]
    const request = (quote_id: string) => ({ video_url: clip('ok.mp4'), quote_id })
    const { id } = (await customer.post(UPSCALE, request(used))).body.data
    await until(id, 'completed')
    expect((await remove(id)).status).toBe(200)
    expect(await customer.post(UPSCALE, request(used))).toMatchObject({
      status: 404,
      body: { error: { code: 'QUOTE_NOT_FOUND' } },
    })
    expect((await customer.post(UPSCALE, request(other))).status).toBe(200)
  })

  test('also takes what other attempts had stored', async () => {
    const id = await create(clip('ok.mp4'))
    await until(id, 'completed')
    const { objects } = gateway.ctx
    const [stored = ''] = (await filesOf(id)).filter((name) => name.endsWith('.mp4'))
    const left = join(gateway.objects, 'results', id, stored)
    await objects.put(`results/${id}/other/upscaled.mp4`, left, { contentType: 'video/mp4' })
    await remove(id)
    expect(await filesOf(id)).toEqual([])
  })

  test('a store that is away is said; the links have ended, and the retention does the rest', async () => {
    const source = await upload()
    const id = await create(source.publicUrl)
    const link = String((await until(id, 'completed')).result?.url)
    const { deleteFolder } = gateway.ctx.objects
    gateway.ctx.objects.deleteFolder = async () => {
      throw new Error('connect ECONNREFUSED')
    }
    const answer = await remove(id)
    gateway.ctx.objects.deleteFolder = deleteFolder
    expect(answer).toMatchObject({
      status: 502,
      body: { error: { code: 'UPSTREAM_ERROR', retryable: true } },
    })
    expect((await read(link)).status).toBe(404)
    expect((await read(source.publicUrl)).status).toBe(404)
    expect((await customer.get(`/api/v1/tasks/${id}`)).body.data.input.video_url).toBeNull()
    expect(await filesOf(id)).not.toEqual([])

    await gateway.ctx.db
      .updateTable('gateway.upload')
      .set({ expiresAt: new Date(Date.now() - 21 * 60_000) }) // a PUT may run on for 20 minutes
      .where('objectKey', '=', source.key)
      .execute()
    const report = await temporal.client.workflow.execute<typeof removeExpired>('removeExpired', {
      workflowId: 'retention',
      taskQueue: QUEUES.orchestrator,
    })
    expect(report).toMatchObject({
      results: { removed: 1, kept: 0, isDone: true },
      uploads: { removed: 1, kept: 0, isDone: true },
      quotes: { removed: 0, kept: 0, isDone: true },
    })
    expect(await filesOf(id)).toEqual([])
    expect(await gateway.ctx.objects.stat(source.key)).toBeUndefined()
    expect((await rowOf(id)).removedAt).toEqual(expect.any(Date))
  })
})

describe('deleting other tasks', () => {
  test('one that runs has to be canceled first', async () => {
    const id = await create(clip('slow.mp4'))
    await until(id, 'processing')
    expect(await remove(id)).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'TASK_NOT_CANCELABLE',
          message: 'Task is still running: cancel it first',
        },
      },
    })
    steps.release(id)
    await until(id, 'completed')
    expect((await remove(id)).status).toBe(200)
  })

  test('one that failed loses its URL and keeps its error', async () => {
    const id = await create(clip('fails.mp4'))
    const failed = await until(id, 'failed')
    const { status, body } = await remove(id)
    expect(status).toBe(200)
    expect(body.data).toEqual({ ...failed, input: { ...failed.input, video_url: null } })
    const order = await gateway.operate(`/tasks/${id}/rerun`, BECAUSE)
    expect(order).toMatchObject({
      status: 409,
      body: { error: { code: 'ACTION_REFUSED', key: 'source_removed' } },
    })
  })

  test('one of somebody else and one that never was look the same', async () => {
    const id = await create(clip('ok.mp4'))
    await until(id, 'completed')
    const stranger = await gateway.customer('stranger')
    for (const answer of [await remove(id, stranger), await remove(`${id}x`)]) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'TASK_NOT_FOUND' } } })
    }
    expect((await until(id, 'completed')).result?.url).not.toBeNull()
  })
})

test('a job whose upload is over cannot be run again, and the dry run says so', async () => {
  const source = await upload()
  const id = await create(clip('fails.mp4'))
  await until(id, 'failed')
  await gateway.ctx.db
    .updateTable('gateway.taskOrder')
    .set({ videoUrl: source.publicUrl })
    .where('taskId', '=', id)
    .execute()
  const rerun = (dryRun: boolean) => gateway.operate(`/tasks/${id}/rerun`, { ...BECAUSE, dryRun })
  expect((await rerun(true)).status).toBe(200)
  await gateway.ctx.db
    .updateTable('gateway.upload')
    .set({ expiresAt: new Date() })
    .where('objectKey', '=', source.key)
    .execute()
  for (const dryRun of [true, false]) {
    expect(await rerun(dryRun)).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'ACTION_REFUSED',
          key: 'source_removed',
          message: `${id} cannot be read any more: there is no such upload of this account. Uploads are kept for 24 hours: upload it again`,
        },
      },
    })
  }
})
