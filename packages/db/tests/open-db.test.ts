import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { types } from 'pg'
import { openDb } from '../src/index.ts'
import type { Db } from '../src/index.ts'
import { query, scratchSchema } from './scratch-schema.ts'

interface Tables {
  bigThing: { bigId: bigint; madeAt: Date; freeData: unknown }
}

test('rows are camelCase, int8 is bigint, keys inside JSON stay', async () => {
  await using own = await scratchSchema()
  await query(
    own.adminUrl,
    'create table big_thing (big_id int8, made_at timestamptz, free_data jsonb)',
  )
  await using db = openDb<Tables>({ url: own.adminUrl, poolMax: 2 })
  const row = {
    bigId: 9007199254740993n,
    madeAt: new Date('2026-01-02T03:04:05.678Z'),
    freeData: { snake_key: [{ other_key: 1 }] },
  }
  await db.insertInto('bigThing').values(row).execute()
  expect(await db.selectFrom('bigThing').selectAll().execute()).toEqual([row])
  expect(types.getTypeParser(types.builtins.INT8)('1')).toBe('1') // the global parser is untouched
})

test('the server ends what takes too long', async () => {
  await using own = await scratchSchema()
  const timeouts = { statementTimeoutMs: 150, lockTimeoutMs: 70, idleInTransactionTimeoutMs: 900 }
  await using db = openDb({ url: own.adminUrl, poolMax: 1, ...timeouts })
  const shown = await sql`select current_setting('statement_timeout') as statement,
    current_setting('lock_timeout') as lock,
    current_setting('idle_in_transaction_session_timeout') as idle`.execute(db)
  expect(shown.rows).toEqual([{ statement: '150ms', lock: '70ms', idle: '900ms' }])
  await expect(sql`select pg_sleep(5)`.execute(db)).rejects.toMatchObject({ code: '57014' })
})

describe('a connection that breaks', () => {
  const pidOf = async (db: Db<unknown>) =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid

  test('while idle: is replaced', async () => {
    await using own = await scratchSchema()
    await using db = openDb({ url: own.adminUrl, poolMax: 1 })
    const before = await pidOf(db)
    await query(own.adminUrl, `select pg_terminate_backend(${before}, 5000)`)
    await sleep(50)
    expect(await pidOf(db)).not.toBe(before)
  })

  test('while in use: fails what it was used for, and is replaced', async () => {
    await using own = await scratchSchema()
    await using db = openDb({ url: own.adminUrl, poolMax: 1 })
    const work = db.transaction().execute(async (trx) => {
      const pid = await pidOf(trx)
      await query(own.adminUrl, `select pg_terminate_backend(${pid}, 5000)`)
      await sleep(50)
      await sql`select 1`.execute(trx)
    })
    await expect(work).rejects.toThrow()
    expect(await pidOf(db)).toBeGreaterThan(0)
  })
})
