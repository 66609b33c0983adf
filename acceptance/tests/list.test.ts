import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Task } from '../src/customer.ts'
import { refusalOf } from '../src/refusal.ts'

const cast = await openCast({ name: 'tidy', plan: 'pro_monthly', credits: 100 })
const { us } = cast
const testing = await cast.openTest('tidy')
const ids: string[] = [] // newest first
let canceled: string
let failed: string

beforeAll(async () => {
  const order = async (name: string) => {
    const { id } = await testing.order(`https://magic.test/${name}`)
    await testing.watch(id, ({ createdAt }) => createdAt !== undefined)
    ids.unshift(id)
    return id
  }
  for (let i = 0; i < 5; i += 1) await order('ok.mp4')
  failed = await order('fails-processing.mp4')
  canceled = await order('stuck.mp4')
  await testing.cancel(canceled)
  await Promise.all(ids.map((id) => testing.watch(id, hasEnded)))
})
afterAll(() => cast[Symbol.asyncDispose]())

const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id)

test('page by page, newest first, each task once; as it is read alone', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  for (let pages = 1; ; pages += 1) {
    const page = await testing.list({ limit: 3, ...(cursor !== null && { cursor }) })
    seen.push(...idsOf(page.items))
    expect(page.has_more).toBe(pages < 3)
    cursor = page.next_cursor
    if (cursor === null) break
    expect(page.items).toHaveLength(3)
  }
  expect(seen).toEqual(ids)
  const [newest] = (await testing.list({ limit: 1 })).items
  expect(newest).toEqual(await testing.getTask(ids[0] ?? ''))
})

test('a task that is added meanwhile shifts nothing', async () => {
  const first = await testing.list({ limit: 4 })
  const { id } = await testing.order('https://magic.test/ok.mp4')
  await testing.watch(id, hasEnded)
  const second = await testing.list({ limit: 4, cursor: first.next_cursor ?? '' })
  expect([...idsOf(first.items), ...idsOf(second.items)]).toEqual(ids)
  ids.unshift(id)
  expect(idsOf((await testing.list()).items)).toEqual(ids)
})

test('filtered by status and by time', async () => {
  expect(idsOf((await testing.list({ status: 'canceled' })).items)).toEqual([canceled])
  expect(idsOf((await testing.list({ status: 'failed' })).items)).toEqual([failed])
  expect((await testing.list({ status: 'pending' })).items).toEqual([])
  const { createdAt } = await testing.getTask(failed)
  const after = await testing.list({ created_after: createdAt })
  const before = await testing.list({ created_before: createdAt })
  expect(ids).toEqual([
    ...idsOf(after.items).filter((id) => id !== failed),
    failed,
    ...idsOf(before.items).filter((id) => id !== failed),
  ])
})

test('live tasks and test tasks do not see each other', async () => {
  expect((await us.list()).items).toEqual([])
  expect((await testing.list()).items.every(({ livemode }) => !livemode)).toBe(true)
})

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=1&limit=2', 'limit'],
  ['cursor=nonsense', 'cursor'],
  ['status=done', 'status'],
  ['created_after=yesterday', 'created_after'],
  ['created_before=2026-02-31T00%3A00%3A00Z', 'created_before'],
])('%s is refused', async (query, param) => {
  const answer = await us.call('GET', `/tasks?${query}`)
  expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'INVALID_PARAMETER' })
  expect(answer.body.error?.param).toBe(param)
})

test('a query parameter that we do not know is ignored', async () => {
  expect((await us.call('GET', '/tasks?colour=red')).status).toBe(200)
})
