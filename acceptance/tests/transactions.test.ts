import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Transaction } from '../src/customer.ts'
import { refusalOf } from '../src/refusal.ts'

const GRANT = 1_000
const PRICE = 48
const cast = await openCast({ name: 'thrifty', plan: 'pro_monthly', credits: GRANT })
const { host, operator, us } = cast
let doneId: string
let failedId: string

beforeAll(async () => {
  doneId = (await us.order(host.file(await clip('base.mp4')))).id
  failedId = (await us.order(host.file(await clip('broken.mp4')))).id
  await Promise.all([doneId, failedId].map((id) => us.watch(id, hasEnded)))
})
afterAll(() => cast[Symbol.asyncDispose]())

test('every line from the grant to the refund, newest first, and their sum is the balance', async () => {
  const { items, has_more: more, next_cursor: cursor } = await us.transactions()
  expect([more, cursor]).toEqual([false, null])
  const [refund, second, first, grant] = items
  expect(items).toHaveLength(4)
  expect(refund).toEqual({
    id: expect.stringMatching(/^txn_/),
    type: 'refund',
    amount: PRICE,
    balance_after: GRANT - PRICE,
    task_id: failedId,
    related_id: second?.id,
    reason: expect.any(String),
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
  expect(second).toMatchObject({ type: 'debit', amount: -PRICE, task_id: failedId })
  expect(first).toMatchObject({
    type: 'debit',
    amount: -PRICE,
    balance_after: GRANT - PRICE,
    task_id: doneId,
    related_id: null,
    reason: 'upscale 2x, 3 s',
  })
  expect(grant).toMatchObject({ type: 'grant', amount: GRANT, task_id: null, related_id: null })
  const sum = items.reduce((total, { amount }) => total + amount, 0)
  expect(sum).toBe(await us.credits())
})

test('a task names the same lines', async () => {
  const { cost } = await us.getTask(failedId)
  const { items } = await us.transactions({ task_id: failedId })
  expect(cost.transactions).toEqual(
    items.toReversed().map(({ id, type, amount }) => ({ id, type, amount })),
  )
})

test('page by page each line once; a line that comes meanwhile shifts nothing', async () => {
  const first = await us.transactions({ limit: 3 })
  expect(first).toMatchObject({ has_more: true, items: { length: 3 } })
  const { id } = await us.order(host.file(await clip('base.mp4')))
  await us.watch(id, hasEnded)
  const second = await us.transactions({ limit: 3, cursor: first.next_cursor ?? '' })
  expect(second).toMatchObject({ has_more: false, next_cursor: null })
  const all = await us.transactions({ limit: 100 })
  expect([...first.items, ...second.items]).toEqual(all.items.slice(1))
})

test('filtered by task and by type', async () => {
  const idsOf = (items: readonly Transaction[]) => items.map(({ type }) => type)
  expect(idsOf((await us.transactions({ task_id: failedId })).items)).toEqual(['refund', 'debit'])
  expect(idsOf((await us.transactions({ type: 'grant' })).items)).toEqual(['grant'])
  const none = { task_id: 'task_000000000000000000000000' }
  expect((await us.transactions(none)).items).toEqual([])
})

test('nobody sees the lines of another account, whatever it asks for', async () => {
  const other = await cast.open('thrifty-other', 'pro_monthly', 7)
  expect((await other.transactions({ task_id: doneId })).items).toEqual([])
  const { next_cursor: cursor } = await us.transactions({ limit: 1 })
  const theirs = await other.call('GET', `/credits/transactions?cursor=${cursor}`)
  const ids = JSON.stringify((await us.transactions()).items.map(({ id }) => id))
  for (const line of (theirs.body.data as { items?: Transaction[] } | undefined)?.items ?? []) {
    expect(ids).not.toContain(line.id)
  }
})

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['type=gift', 'type'],
  ['task_id=1', 'task_id'],
  ['cursor=nonsense', 'cursor'],
])('%s is refused', async (query, param) => {
  const answer = await us.call('GET', `/credits/transactions?${query}`)
  expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'INVALID_PARAMETER' })
  expect(answer.body.error?.param).toBe(param)
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
