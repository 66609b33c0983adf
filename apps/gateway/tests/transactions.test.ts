import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { TaskId } from '@upscale/types'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

const LIST = '/api/v1/credits/transactions'
const FIRST = 'task_aaaaaaaaaaaaaaaaaaaaaaaa' as TaskId
const SECOND = 'task_bbbbbbbbbbbbbbbbbbbbbbbb' as TaskId

let gateway: TestGateway
let customer: Awaited<ReturnType<TestGateway['customer']>>
beforeAll(async () => {
  gateway = await testGateway()
  customer = await gateway.customer('acme', { balance: 1_000 })
  const { debit, refund } = gateway.billing.activities
  const { accountId } = customer
  const order = {
    accountId,
    generation: 1,
    factor: '2',
    durationMs: 8_500,
    orWaive: false,
  } as const
  await debit({ ...order, taskId: FIRST })
  await debit({ ...order, taskId: SECOND })
  await refund({
    accountId,
    generation: 1,
    taskId: FIRST,
    code: 'GENERATION_FAILED',
    donePercent: 0,
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const list = async (query = '') => (await customer.get(`${LIST}${query}`)).body.data as unknown

const line = (type: string, amount: number, balance_after: number, task_id: TaskId) =>
  expect.objectContaining({ type, amount, balance_after, task_id })
const REFUND = line('refund', 144, 856, FIRST)
const SECOND_DEBIT = line('debit', -144, 712, SECOND)
const FIRST_DEBIT = line('debit', -144, 856, FIRST)

test('are listed newest first, with exactly the fields of the contract', async () => {
  const data = (await list()) as { items: object[] }
  expect(data).toEqual({
    items: [REFUND, SECOND_DEBIT, FIRST_DEBIT],
    has_more: false,
    next_cursor: null,
  })
  expect(data.items[0]).toEqual({
    id: expect.stringMatching(/^txn_[0-9a-f]{24}$/),
    type: 'refund',
    amount: 144,
    balance_after: 856,
    task_id: FIRST,
    related_id: null,
    reason: 'GENERATION_FAILED',
    created_at: expect.any(String),
  })
})

test('come page by page', async () => {
  const first = (await list('?limit=2')) as { next_cursor: string }
  expect(first).toMatchObject({ items: [REFUND, SECOND_DEBIT], has_more: true })
  const second = await list(`?limit=2&cursor=${first.next_cursor}`)
  expect(second).toEqual({ items: [FIRST_DEBIT], has_more: false, next_cursor: null })
})

test('can be asked for by task and by type', async () => {
  expect(await list(`?task_id=${SECOND}`)).toMatchObject({ items: [SECOND_DEBIT] })
  expect(await list(`?task_id=${FIRST}&type=debit`)).toMatchObject({ items: [FIRST_DEBIT] })
  expect(await list('?type=grant')).toMatchObject({ items: [] })
})

test('of an account that never had any are none', async () => {
  const fresh = await gateway.customer('fresh', { livemode: false })
  gateway.billing.open('fresh:test', 0)
  const empty = { items: [], has_more: false, next_cursor: null }
  expect((await fresh.get(LIST)).body.data).toEqual(empty)
})

test('of an account that billing does not know are none', async () => {
  const trial = await gateway.customer('unknown', { livemode: false })
  gateway.billing.close('unknown:test')
  const empty = { items: [], has_more: false, next_cursor: null }
  expect((await trial.get(LIST)).body.data).toEqual(empty)
})

test.each([
  ['limit=0', 'limit', 'limit must be between 1 and 100'],
  ['limit=101', 'limit', 'limit must be between 1 and 100'],
  ['limit=', 'limit', 'limit must be between 1 and 100'],
  ['limit=1.5', 'limit', 'limit must be between 1 and 100'],
  ['limit=1e1', 'limit', 'limit must be between 1 and 100'],
  ['limit=1&limit=2', 'limit', 'limit must be given once'],
  ['type=gift', 'type', 'type must be one of debit, refund, grant, adjustment'],
  ['type=debit&type=refund', 'type', 'type must be given once'],
  ['task_id=x', 'task_id', /^task_id must be the id of a task/],
  ['cursor=nonsense', 'cursor', /^cursor is not valid/],
  [`cursor=${'a'.repeat(201)}`, 'cursor', /^cursor is not valid/],
])('refuse %s', async (query, param, message) => {
  const { status, body } = await customer.get(`${LIST}?${query}`)
  expect(status).toBe(400)
  expect(body.error).toMatchObject({ code: 'INVALID_PARAMETER', param })
  expect(body.error.message).toMatch(message)
})

test('wait for billing', async () => {
  gateway.billing.fail(true)
  const answer = await customer.get(LIST)
  gateway.billing.fail(false)
  expect(answer).toMatchObject({ status: 503, body: { error: { code: 'SERVICE_UNAVAILABLE' } } })
})
