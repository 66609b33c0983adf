import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encodeCursor, openPool } from '@upscale/db'
import { sql } from 'kysely'
import { LIST_TASKS, LIST_TASKS_OF_STATUS } from '../src/tasks/list-tasks-store.ts'
import { testGateway } from './test-gateway.ts'
import type { TaskData, TestGateway } from './test-gateway.ts'

type Customer = Awaited<ReturnType<TestGateway['customer']>>

interface Page {
  items: TaskData[]
  has_more: boolean
  next_cursor: string | null
}

const BEGIN = Date.UTC(2026, 1, 14)
let gateway: TestGateway
let owner: Customer

beforeAll(async () => {
  gateway = await testGateway()
  owner = await gateway.customer('owner')
  await gateway.customer('owner', { livemode: false })
  await seed('owner:live', { from: 1, to: 45 })
  await seed('owner:test', { from: 1, to: 5 })
  await seed('other:live', { from: 1, to: 30 })
})
afterAll(() => gateway[Symbol.asyncDispose]())

/**
 * Tasks `from` to `to` of an account, one each second, in pairs of the same moment: every fifth failed,
 * the last one waits, the others are completed.
 */
async function seed(accountId: string, { from, to }: { from: number; to: number }): Promise<void> {
  const { db } = gateway.ctx
  const livemode = accountId.endsWith(':live')
  const word = accountId.replaceAll(/[^a-z]/g, '')
  await sql`
    with n as (select i, 'task_' || lpad(${word}::text || i, 24, '0') as id,
        ${new Date(BEGIN)}::timestamptz + (i - i % 2) * interval '1 second' as at
      from generate_series(${from}::int, ${to}::int) i),
    ordered as (
      insert into gateway.task_order (task_id, account_id, livemode, request_id, model, video_url,
        upscale_factor, metadata, created_at)
      select id, ${accountId}, ${livemode}, 'req_1', 'topaz-video-upscale', 'https://a.example/', '2',
        json_build_object('n', i::text), at from n returning task_id)
    insert into gateway.task (task_id, account_id, livemode, created_at, status, stage, changed_at,
      progress, attempts, credits_used, credits_per_second, transactions, output_key, output, media,
      expires_at, completed_at, error, event_seq)
    select id, ${accountId}, ${livemode}, at, status,
      case status when 'pending' then 'queued' else 'done' end, at,
      case status when 'completed' then 1 else 0 end, 1, 144, 16, '[]',
      case status when 'completed' then 'results/' || id || '/a/upscaled.mp4' end,
      case status when 'completed' then '{"width":2,"height":2,"fps":30,"codec":"h264",
        "container":"mp4","durationMs":8500,"bytes":1,"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}'::json end,
      '{"container":"mp4","bytes":1,"durationMs":8500,"audio":[],"video":{"codec":"h264","width":1,
        "height":1,"fps":30,"frames":255}}',
      case status when 'completed' then now() + interval '1 day' end,
      case when status <> 'pending' then at end,
      case status when 'failed' then '{"code":"GENERATION_FAILED","key":"generic","message":"x"}'::json end,
      1
    from (select n.*, case when i = ${to} then 'pending' when i % 5 = 0 then 'failed'
      else 'completed' end as status from n) n
    where exists (select from ordered)`.execute(db)
}

async function list(customer: Customer, query = ''): Promise<Page> {
  const { status, body } = await customer.get(`/api/v1/tasks${query}`)
  expect(status).toBe(200)
  return body.data as unknown as Page
}

async function listAll(customer: Customer, query: string, between?: () => Promise<void>) {
  const items: TaskData[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await list(customer, `?${query}${cursor && `&cursor=${cursor}`}`)
    expect(page.has_more).toBe(page.next_cursor !== null)
    items.push(...page.items)
    cursor = page.next_cursor
    await between?.()
  }
  return items
}

const numbers = (items: readonly TaskData[]) => items.map(({ metadata }) => Number(metadata['n']))
/** From the newest down, as they were seeded: of two of one moment the greater id first. */
const newest = (from: number, to: number, word = 'ownerlive') =>
  Array.from({ length: from - to + 1 }, (_, i) => from - i).toSorted((a, b) => {
    const moment = (n: number) => n - (n % 2)
    const id = (n: number) => `${word}${n}`.padStart(24, '0')
    return moment(b) - moment(a) || (id(a) < id(b) ? 1 : -1)
  })

describe('the list', () => {
  test('is of this account and mode alone, newest first, twenty at a time', async () => {
    const page = await list(owner)
    expect(page.items).toHaveLength(20)
    expect(page).toMatchObject({ has_more: true, next_cursor: expect.any(String) })
    expect(numbers(page.items)).toEqual(newest(45, 26))
    expect(new Set(page.items.map(({ livemode }) => livemode))).toEqual(new Set([true]))
    const trial = await gateway.customer('owner', { livemode: false })
    expect(numbers((await list(trial)).items)).toEqual(newest(5, 1, 'ownertest'))
    const nobody = await gateway.customer('nobody')
    expect(await list(nobody)).toEqual({ items: [], has_more: false, next_cursor: null })
  })

  test('has whole tasks, as the read of each shows them', async () => {
    const { items } = await list(owner, '?limit=7')
    for (const item of items) {
      const { body } = await owner.get(`/api/v1/tasks/${item.id}`)
      expect(item).toEqual(body.data)
    }
    expect(items[0]).toMatchObject({ status: 'pending', queue_position: 3 }) // two others' wait longer
  })

  test.each([1, 7, 44, 45, 100])('pages of %i make up the whole', async (limit) => {
    expect(numbers(await listAll(owner, `limit=${limit}`))).toEqual(newest(45, 1))
  })

  test('stays the same while tasks are added', async () => {
    const grower = await gateway.customer('grower')
    await seed('grower:live', { from: 1, to: 25 })
    let next = 26
    const seen = await listAll(grower, 'limit=4', async () => {
      await seed('grower:live', { from: next, to: next + 2 })
      next += 3
    })
    expect(numbers(seen)).toEqual(newest(25, 1, 'growerlive'))
  })

  test('of a status, in pages', async () => {
    const failed = await listAll(owner, 'status=failed&limit=3')
    expect(numbers(failed)).toEqual([40, 35, 30, 25, 20, 15, 10, 5])
    expect(numbers((await list(owner, '?status=pending')).items)).toEqual([45])
    expect(numbers((await list(owner, '?status=canceled')).items)).toEqual([])
  })

  test('of a span of time, whose ends do not belong to it', async () => {
    const at = (seconds: number) => new Date(BEGIN + seconds * 1000).toISOString()
    const span = `created_after=${at(10)}&created_before=${at(20)}`
    expect(numbers(await listAll(owner, `${span}&limit=3`))).toEqual(newest(19, 12))
    const failed = await list(owner, `?status=failed&created_after=${at(18)}`)
    expect(numbers(failed.items)).toEqual([40, 35, 30, 25, 20])
    const offset = encodeURIComponent('2026-02-14T01:00:40+01:00')
    expect(numbers((await list(owner, `?created_after=${offset}`)).items)).toEqual(newest(45, 42))
  })
})

describe('what is asked for wrongly', () => {
  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['status=done', 'status'],
    ['status=failed&status=failed', 'status'],
    ['created_after=yesterday', 'created_after'],
    ['created_before=2026-13-01T00:00:00Z', 'created_before'],
    ['cursor=x', 'cursor'],
    ['cursor=', 'cursor'],
    ...[
      'infinity',
      '2026-99-99T00:00:00.000Z',
      '2026-02-31T00:00:00.000Z',
      '0000-01-01T00:00:00.000Z',
    ].map((time) => [`cursor=${encodeCursor([time, 'task_0000000000000000'])}`, 'cursor']),
  ])('%s', async (query, param) => {
    expect(await owner.get(`/api/v1/tasks?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_PARAMETER', param } },
    })
  })
})

test('with many rows each page is read by an index, whatever its values', async () => {
  for (const word of ['b', 'c', 'd', 'e']) await seed(`many${word}:live`, { from: 1, to: 2_500 })
  const many = await gateway.customer('manyb')
  const began = Date.now()
  expect(await listAll(many, 'limit=100')).toHaveLength(2_500)
  expect(Date.now() - began).toBeLessThan(5_000)

  const { pathname } = new URL(gateway.workerConfig.db.url)
  const admin = new URL(process.env['TEST_DATABASE_URL'] ?? '')
  admin.pathname = pathname
  const pool = openPool({ url: admin.href, poolMax: 1 })
  await pool.query('analyze gateway.task, gateway.task_order')
  const planOf = async (statement: string) => {
    const { rows } = await pool.query<[string]>({
      text: `explain (generic_plan) ${statement}`,
      rowMode: 'array',
    })
    return rows.join('\n')
  }
  const [all, some] = [await planOf(LIST_TASKS), await planOf(LIST_TASKS_OF_STATUS)]
  await pool.end()
  expect(all).toMatch(/Index Scan using task_account on task t/)
  expect(some).toMatch(/Index Scan using task_account_status on task t/)
  for (const plan of [all, some]) {
    expect(plan).toMatch(/Index (Only )?Scan using task_(pending|account_open) on task p/)
    expect(plan).toMatch(/Index Scan using task_order_pkey on task_order o/)
    expect(plan).not.toMatch(/Seq Scan/)
  }
})
