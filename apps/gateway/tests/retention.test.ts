import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { AccountId, TaskId } from '@upscale/types'
import type { ExpiringPart, RemovedPart } from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { removeExpiredPart } from '../src/retention/remove-expired-part.ts'
import { forgetContent } from '../src/tasks/deletion-store.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { insertOrder } from './insert-order.ts'
import { media, upscaleOutput } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const ago = (ms: number) => new Date(Date.now() - ms)

let gateway: TestGateway
let ctx: WorkerContext
let folder: string
beforeAll(async () => {
  gateway = await testGateway() // nothing here is about Temporal
  ctx = gateway.workerContext()
  folder = await mkdtemp(join(tmpdir(), 'retention-'))
  await writeFile(join(folder, 'file'), 'bytes')
})
afterAll(async () => {
  await ctx[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

let beats: RemovedPart[] = []
function remove(part: ExpiringPart, given: Partial<WorkerContext> = {}): Promise<RemovedPart> {
  beats = []
  const { signal } = new AbortController()
  return removeExpiredPart({ ...ctx, ...given }, part, {
    signal,
    beat: (soFar) => beats.push(soFar),
  })
}
const done = (removed: number): RemovedPart => ({ removed, kept: 0, isDone: true })

const store = (key: string) =>
  ctx.objects.put(key, join(folder, 'file'), { contentType: 'video/mp4' })
const isStored = async (key: string) => (await ctx.objects.stat(key)) !== undefined

let tasks = 0
/** A task that ended at a time, with what its last attempt stored. */
async function endedTask(
  at: Date,
  { livemode = true, fails = false }: { livemode?: boolean; fails?: boolean } = {},
) {
  const taskId = `task_${String((tasks += 1)).padStart(24, '0')}` as TaskId
  const accountId = `acme:${livemode ? 'live' : 'test'}` as AccountId
  await insertOrder(ctx.db, {
    taskId,
    accountId,
    livemode,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/',
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(at.getTime() - MINUTE_MS),
  })
  const base = { taskId, accountId }
  const keyOf = (attempt: number) => `results/${taskId}/${attempt}/upscaled.mp4`
  const price = { creditsUsed: 144, creditsRemaining: 856, creditsPerSecond: 16, debitId: null }
  await recordTask(ctx, {
    ...base,
    at: at.getTime() - MINUTE_MS,
    status: 'pending',
    stage: 'queued',
    media,
    price,
  })
  /** Also the later word of a job that was reset. */
  const deliver = async (attempt: number, endedAt: Date) => {
    await store(keyOf(attempt))
    const output = { ...upscaleOutput, outputKey: keyOf(attempt) }
    await recordTask(ctx, { ...base, at: endedAt.getTime(), status: 'completed', output })
  }
  if (fails) {
    await store(keyOf(1))
    const error = { code: 'OUTPUT_INVALID', key: 'output_invalid', message: 'bad' } as const
    await recordTask(ctx, { ...base, at: at.getTime(), status: 'failed', error })
  } else {
    await deliver(1, at)
  }
  const row = () =>
    ctx.db
      .selectFrom('gateway.task')
      .select(['expiresAt', 'removedAt', 'deletedAt', 'status'])
      .where('taskId', '=', taskId)
      .executeTakeFirstOrThrow()
  return { taskId, accountId, livemode, deliver, keyOf, row }
}

describe('results', () => {
  test('are kept 30 days, those of test keys 24 hours', async () => {
    const at = ago(0)
    const [live, trial] = [await endedTask(at), await endedTask(at, { livemode: false })]
    expect((await live.row()).expiresAt?.getTime()).toBe(at.getTime() + 30 * DAY_MS)
    expect((await trial.row()).expiresAt?.getTime()).toBe(at.getTime() + DAY_MS)
  })

  test('leave the store when their time is over, and only then', async () => {
    const over = await endedTask(ago(30 * DAY_MS + MINUTE_MS))
    const trial = await endedTask(ago(DAY_MS + MINUTE_MS), { livemode: false })
    const kept = await endedTask(ago(30 * DAY_MS - MINUTE_MS))
    await store(over.keyOf(2)) // an attempt that nobody heard of
    expect(await remove('results')).toEqual(done(2))
    for (const key of [over.keyOf(1), over.keyOf(2), trial.keyOf(1)]) {
      expect(await isStored(key)).toBe(false)
    }
    expect(await isStored(kept.keyOf(1))).toBe(true)
    expect(await over.row()).toMatchObject({ status: 'completed', removedAt: expect.any(Date) })
    expect((await kept.row()).removedAt).toBeNull()
    expect(await remove('results')).toEqual(done(0))
  })

  test('of failed tasks are leftovers, three hours after the end', async () => {
    const [old, fresh] = [
      await endedTask(ago(3 * HOUR_MS + MINUTE_MS), { fails: true }),
      await endedTask(ago(3 * HOUR_MS - MINUTE_MS), { fails: true }),
    ]
    expect(await remove('results')).toEqual(done(1))
    expect(await isStored(old.keyOf(1))).toBe(false)
    expect(await isStored(fresh.keyOf(1))).toBe(true)
  })

  test('that a reset brings anew are removed anew', async () => {
    const task = await endedTask(ago(31 * DAY_MS))
    expect(await remove('results')).toEqual(done(1))
    await task.deliver(2, ago(MINUTE_MS))
    expect((await task.row()).removedAt).toBeNull()
    expect(await remove('results')).toEqual(done(0))
    expect(await isStored(task.keyOf(2))).toBe(true)
  })

  test('that are brought for a deleted task are over at once', async () => {
    const task = await endedTask(ago(DAY_MS))
    await forgetContent(ctx.db, task, undefined)
    expect(await remove('results')).toEqual(done(1))
    await task.deliver(2, ago(0))
    const { expiresAt, deletedAt } = await task.row()
    expect(expiresAt).toEqual(deletedAt)
    expect((await gateway.call(`/${task.keyOf(2)}`)).status).toBe(404)
    expect(await remove('results')).toEqual(done(1))
    expect(await isStored(task.keyOf(2))).toBe(false)
  })

  test('go batch by batch, past one that the store keeps', async () => {
    const over = []
    for (let i = 0; i < 45; i += 1) over.push(await endedTask(ago(40 * DAY_MS - i)))
    const stuck = over[0]
    const objects = {
      ...ctx.objects,
      async deleteFolder(key: string) {
        if (key === `results/${stuck?.taskId}`) throw new Error('AccessDenied')
        await ctx.objects.deleteFolder(key)
      },
    }
    expect(await remove('results', { objects })).toEqual({ removed: 44, kept: 1, isDone: true })
    expect(beats).toEqual([
      { removed: 19, kept: 1, isDone: false },
      { removed: 39, kept: 1, isDone: false },
    ])
    expect(await stuck?.row()).toMatchObject({ removedAt: null })
    expect(await remove('results')).toEqual(done(1))
  })

  test('wait for a store that is away, without trying each of them', async () => {
    for (let i = 0; i < 25; i += 1) await endedTask(ago(40 * DAY_MS - i))
    let asked = 0
    const objects = {
      ...ctx.objects,
      async deleteFolder() {
        asked += 1
        throw new Error('ECONNREFUSED')
      },
    }
    expect(await remove('results', { objects })).toMatchObject({ removed: 0, kept: 20 })
    expect(asked).toBe(20)
    const both = await Promise.all([remove('results'), remove('results')])
    expect(both.map(({ isDone }) => isDone)).toEqual([true, true])
    expect(await remove('results')).toEqual(done(0))
  })
})

test('uploads go with their files after 24 hours, and what a late PUT may still store', async () => {
  const slot = (name: string, expiresAt: Date) => ({
    objectKey: `uploads/${name}.mp4`,
    accountId: 'acme:live' as AccountId,
    livemode: true,
    slotDigest: Buffer.from(name),
    contentType: 'video/mp4',
    storedBytes: name === 'empty' ? null : 5n,
    createdAt: ago(DAY_MS),
    putUntil: ago(23 * HOUR_MS),
    expiresAt,
  })
  const rows = [
    slot('over', ago(21 * MINUTE_MS)),
    slot('empty', ago(21 * MINUTE_MS)),
    slot('late', ago(19 * MINUTE_MS)),
    slot('kept', new Date(Date.now() + MINUTE_MS)),
  ]
  await ctx.db.insertInto('gateway.upload').values(rows).execute()
  for (const { objectKey } of rows) await store(objectKey)
  expect(await remove('uploads')).toEqual(done(2))
  const left = await ctx.db
    .selectFrom('gateway.upload')
    .select('objectKey')
    .orderBy('objectKey')
    .execute()
  expect(left.map(({ objectKey }) => objectKey)).toEqual(['uploads/kept.mp4', 'uploads/late.mp4'])
  expect((await readdir(join(gateway.objects, 'uploads'))).sort()).toEqual(['kept.mp4', 'late.mp4'])
})

describe('rows', () => {
  const count = async (table: string) => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int4 as n from ${sql.raw(`gateway.${table}`)}`.execute(ctx.db)
    return rows[0]?.n
  }

  test('idempotency keys after 7 days', async () => {
    const { taskId, accountId, livemode } = await endedTask(ago(0))
    for (const [key, createdAt] of [
      ['old', ago(7 * DAY_MS + MINUTE_MS)],
      ['new', ago(7 * DAY_MS - MINUTE_MS)],
    ] as const) {
      await ctx.db
        .insertInto('gateway.idempotencyKey')
        .values({ accountId, livemode, key, fingerprint: Buffer.from('x'), taskId, createdAt })
        .execute()
    }
    expect(await remove('idempotency_keys')).toEqual(done(1))
    const left = await ctx.db.selectFrom('gateway.idempotencyKey').select('key').execute()
    expect(left).toEqual([{ key: 'new' }])
  })

  const delivery = (name: string, createdAt: Date) => ({
    deliveryId: `whd_${name.padEnd(16, '0')}`,
    webhookId: `msg_${name}`,
    accountId: 'acme:live' as AccountId,
    livemode: true,
    taskId: null,
    type: 'task.completed' as const,
    url: 'https://a.example/',
    body: null,
    nextAttemptAt: null as Date | null,
    createdAt,
  })

  test('deliveries after 30 days, with their attempts', async () => {
    const rows = [delivery('old', ago(31 * DAY_MS)), delivery('new', ago(29 * DAY_MS))]
    await ctx.db.insertInto('gateway.webhookDelivery').values(rows).execute()
    const attempts = rows.map(({ deliveryId }) => ({
      deliveryId,
      number: 1,
      at: ago(0),
      statusCode: 200,
      error: null,
      durationMs: 1,
      responseSnippet: null,
    }))
    await ctx.db.insertInto('gateway.webhookAttempt').values(attempts).execute()
    expect(await remove('webhook_deliveries')).toEqual(done(1))
    const left = await ctx.db.selectFrom('gateway.webhookAttempt').select('deliveryId').execute()
    expect(left).toEqual([{ deliveryId: 'whd_new0000000000000' }])
  })

  test('a delivery whose attempt is a day late has lost its run: it is given up, and stays', async () => {
    const rows = [
      { ...delivery('lost', ago(2 * DAY_MS)), nextAttemptAt: ago(DAY_MS + MINUTE_MS) },
      { ...delivery('late', ago(2 * DAY_MS)), nextAttemptAt: ago(DAY_MS - MINUTE_MS) },
      { ...delivery('soon', ago(0)), nextAttemptAt: new Date(Date.now() + MINUTE_MS) },
    ]
    await ctx.db.insertInto('gateway.webhookDelivery').values(rows).execute()
    const oldest = /upscale_webhook_oldest_pending_seconds (\d+)/
    const oldestSeconds = async () => Number(oldest.exec(await ctx.metrics.metrics())?.[1])
    expect(await oldestSeconds()).toBeCloseTo(86_460, -1)
    expect(await remove('webhook_deliveries')).toEqual(done(0))
    expect(await oldestSeconds()).toBeCloseTo(86_340, -1)
    const left = await ctx.db
      .selectFrom('gateway.webhookDelivery')
      .select(['webhookId', 'status', 'nextAttemptAt'])
      .where('webhookId', 'in', ['msg_lost', 'msg_late', 'msg_soon'])
      .orderBy('webhookId')
      .execute()
    expect(left).toEqual([
      { webhookId: 'msg_late', status: 'pending', nextAttemptAt: rows[1]?.nextAttemptAt },
      { webhookId: 'msg_lost', status: 'failed', nextAttemptAt: null },
      { webhookId: 'msg_soon', status: 'pending', nextAttemptAt: rows[2]?.nextAttemptAt },
    ])
  })

  test('events of a task a day after its end, however old they are', async () => {
    const [over, fresh] = [
      await endedTask(ago(DAY_MS + MINUTE_MS)),
      await endedTask(ago(DAY_MS - MINUTE_MS)),
    ]
    await sql`update gateway.task_event set at = now() - interval '2 days'`.execute(ctx.db)
    const { removed, isDone } = await remove('task_events')
    expect(isDone).toBe(true)
    expect(removed).toBeGreaterThan(0)
    const left = await ctx.db
      .selectFrom('gateway.taskEvent')
      .select('taskId')
      .where('taskId', 'in', [over.taskId, fresh.taskId])
      .execute()
    expect(left).toEqual([{ taskId: fresh.taskId }])
    expect(await remove('task_events')).toEqual(done(0))
  })

  test('quotes a day after they expire, in batches, by two workers at once', async () => {
    await sql`
      insert into gateway.quote select 'quote_' || lpad(i::text, 16, '0'), 'acme:live', true,
        'https://a.example/', '2', '{}', 1, 1, now(),
        now() - interval '1 day' + case when i = 0 then interval '1 minute' else interval '-1 minute' end
      from generate_series(0, 2500) i`.execute(ctx.db)
    const both = await Promise.all([remove('quotes'), remove('quotes')])
    expect(both.reduce((sum, { removed }) => sum + removed, 0)).toBe(2_500)
    expect(await count('quote')).toBe(1)
    expect(await remove('quotes')).toEqual(done(0))
  })

  test('counts of windows and streams that nobody holds any more', async () => {
    await sql`
      insert into gateway.rate_window values
        ('old:live', 'quotes', now() - interval '25 hours', 1),
        ('new:live', 'quotes', now() - interval '1 hour', 1)`.execute(ctx.db)
    await sql`
      insert into gateway.open_stream values
        ('dead', 'a:live', 1, now() - interval '61 minutes'), ('alive', 'a:live', 1, now())`.execute(
      ctx.db,
    )
    expect(await remove('rate_windows')).toEqual(done(1))
    expect(await remove('open_streams')).toEqual(done(1))
    expect(await count('rate_window')).toBe(1)
    expect(await count('open_stream')).toBe(1)
  })
})

test('a pass that is stopped throws the reason and removes no more', async () => {
  const reason = new Error('shutdown')
  const stopped = { signal: AbortSignal.abort(reason), beat: () => undefined }
  await expect(removeExpiredPart(ctx, 'results', stopped)).rejects.toBe(reason)
})

test('what was removed is counted', async () => {
  const metrics = await ctx.metrics.metrics()
  expect(metrics).toContain('upscale_gateway_expired_total{part="quotes",outcome="removed"} 2500')
  expect(metrics).toMatch(/upscale_gateway_expired_total\{part="results",outcome="kept"\} 21/)
})
