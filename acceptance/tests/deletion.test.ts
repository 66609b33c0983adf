import { readFile } from 'node:fs/promises'
import { afterAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Task } from '../src/customer.ts'
import { refusalOf } from '../src/refusal.ts'
import { until } from '../src/patiently.ts'

const cast = await openCast({ name: 'discreet', plan: 'pro_monthly', credits: 1_000 })
const { host, operator, us, withKey, fetch } = cast
const anybody = withKey(null)

afterAll(() => cast[Symbol.asyncDispose]())

const filesOf = async (url: string | null): Promise<number> => (await fetch(url ?? '')).status

test('result, upload and URL are gone at once; the task and its receipt stay', async () => {
  const upload = await us.openUpload('video/mp4')
  const body = await readFile(await clip('base.mp4'))
  await fetch(upload.uploadUrl, { method: 'PUT', body, headers: { 'content-type': 'video/mp4' } })
  const { id } = await us.order(upload.publicUrl, { metadata: { order: '7' } })
  const before = await us.watch(id, hasEnded)
  const url = before.result?.url ?? ''
  expect([await filesOf(url), await filesOf(upload.publicUrl)]).toEqual([200, 200])

  const answer = await us.remove(id)
  expect(answer.status).toBe(200)
  const deleted = answer.body.data as Task
  expect(deleted).toEqual({
    ...before,
    input: { ...before.input, video_url: null },
    result: { ...before.result, url: null },
    output: { ...before.output, url: null, expires_at: deleted.output?.expires_at },
  })
  expect(Date.parse(deleted.output?.expires_at ?? '')).toBeLessThanOrEqual(Date.now())
  expect(await us.getTask(id)).toEqual(deleted)
  for (const link of [url, upload.publicUrl]) {
    expect(refusalOf(await anybody.at('GET', link))).toMatchObject({
      status: 404,
      code: 'NO_RESULT',
    })
  }
  expect((await us.list()).items).toContainEqual(deleted)
  expect((await us.transactions({ task_id: id })).items).toHaveLength(1)
  const again = await us.remove(id)
  expect([again.status, again.body.data]).toEqual([200, deleted])
  const reused = await us.upscale({ video_url: upload.publicUrl })
  expect(refusalOf(reused)).toMatchObject({ status: 422, code: 'PROBE_FAILED' })
})

test('a failed task too', async () => {
  const { id } = await us.order(host.file(await clip('broken.mp4')))
  await us.watch(id, hasEnded)
  const answer = await us.remove(id)
  expect(answer.body.data).toMatchObject({ status: 'failed', input: { video_url: null } })
})

test('not while it runs: it has to be canceled first', async () => {
  const held = host.gated(await clip('base.mp4'), 'fetch')
  const { id } = await us.order(held.url)
  await held.asked
  const answer = await us.remove(id)
  expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'TASK_NOT_CANCELABLE' })
  expect(answer.body.error?.message).toMatch(/cancel it first/)
  expect(await us.getTask(id)).toMatchObject({ input: { video_url: held.url } })
  held.open()
  expect((await us.watch(id, hasEnded)).status).toBe('completed')
})

test('a result whose time is over: the link ends at once, the file by the scheduled job', async () => {
  const { id } = await us.order(host.file(await clip('still.mp4')))
  const before = await us.watch(id, hasEnded)
  const keptMs = Date.parse(before.output?.expires_at ?? '') - Date.now()
  expect(keptMs / 86_400_000).toBeCloseTo(30, 1)
  await operator.resultGrewOld(id)
  const after = await us.getTask(id)
  expect(after).toMatchObject({ status: 'completed', result: { url: null }, output: { url: null } })
  expect(after.cost).toEqual(before.cost)
  const link = await anybody.at('GET', before.result?.url ?? '')
  expect(refusalOf(link)).toMatchObject({ status: 404, code: 'NO_RESULT' })
  expect(await operator.storedFilesOf(id)).toHaveLength(1)
  await operator.runSchedule('remove-expired')
  await until('its file is gone', async () => (await operator.storedFilesOf(id)).length === 0)
})
