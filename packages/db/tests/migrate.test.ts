import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { appUrl, migrateToLatest, openDb, requireMigrated } from '../src/index.ts'
import type { Migrations } from '../src/index.ts'
import { query, scratchSchema } from './scratch-schema.ts'

const PASSWORD = `a 'quoted' word`

const createThing = (schema: string): Migrations => ({
  '20260101T0000-thing': {
    up: async (db) => {
      await sql`create table ${sql.table(`${schema}.thing`)} (id int)`.execute(db)
      await sql`create function ${sql.table(`${schema}.secret`)}() returns int language sql return 7`.execute(
        db,
      )
    },
  },
})

const addName = (schema: string): Migrations => ({
  '20260201T0000-name': {
    up: async (db) => {
      await sql`alter table ${sql.table(`${schema}.thing`)} add column name text`.execute(db)
    },
  },
})

describe('migrateToLatest', () => {
  test('builds an empty database as the owner, and then only what is new', async () => {
    await using own = await scratchSchema()
    const { schema, adminUrl } = own
    const first = createThing(schema)
    await migrateToLatest({ adminUrl, schema, migrations: first, appPassword: PASSWORD })
    await migrateToLatest({ adminUrl, schema, migrations: first, appPassword: PASSWORD })
    const both = { ...first, ...addName(schema) }
    await migrateToLatest({ adminUrl, schema, migrations: both, appPassword: PASSWORD })

    const tables = `select tablename, tableowner from pg_tables where schemaname = '${schema}' order by 1`
    expect(await query(adminUrl, tables)).toEqual([
      ['migration', `${schema}_owner`],
      ['migration_lock', `${schema}_owner`],
      ['thing', `${schema}_owner`],
    ])
    expect(await query(adminUrl, `select name from ${schema}.migration order by 1`)).toEqual([
      ['20260101T0000-thing'],
      ['20260201T0000-name'],
    ])
  })

  test('a migration that fails leaves nothing of its run', async () => {
    await using own = await scratchSchema()
    const { schema, adminUrl } = own
    const broken: Migrations = {
      ...createThing(schema),
      '20260301T0000-broken': { up: async (db) => void (await sql`select 1 / 0`.execute(db)) },
    }
    const run = migrateToLatest({ adminUrl, schema, migrations: broken, appPassword: PASSWORD })
    await expect(run).rejects.toThrow('division by zero')
    expect(await query(adminUrl, `select to_regclass('${schema}.thing')`)).toEqual([[null]])
    expect(await query(adminUrl, `select name from ${schema}.migration`)).toEqual([])
  })

  test('many migrators at once all succeed, in one database and in two', async () => {
    await using own = await scratchSchema()
    await using other = await scratchSchema()
    const { schema } = own
    const run = (adminUrl: string) =>
      migrateToLatest({ adminUrl, schema, migrations: createThing(schema), appPassword: PASSWORD })
    await Promise.all([own, own, own, other, other].map(({ adminUrl }) => run(adminUrl)))
    for (const { adminUrl } of [own, other]) {
      expect(await query(adminUrl, `select count(*)::int from ${schema}.migration`)).toEqual([[1]])
    }
  })

  test('works for an administrator who is no superuser', async () => {
    await using own = await scratchSchema()
    const { schema } = own
    await query(own.adminUrl, `create role ${schema}_admin login createrole password 'admin'`)
    const database = new URL(own.adminUrl).pathname.slice(1)
    await query(own.adminUrl, `alter database ${database} owner to ${schema}_admin`)
    const adminUrl = own.url(`${schema}_admin`, 'admin')
    const plan = { adminUrl, schema, migrations: createThing(schema), appPassword: PASSWORD }
    await migrateToLatest(plan)
    await migrateToLatest(plan)
    const rows = await query(
      own.url(`${schema}_app`, PASSWORD),
      `select name from ${schema}.migration`,
    )
    expect(rows).toEqual([['20260101T0000-thing']])
  })

  test('the app may log in and see its version; tables and functions wait for a grant', async () => {
    await using own = await scratchSchema()
    const { schema, adminUrl } = own
    const plan = { adminUrl, schema, migrations: createThing(schema) }
    await migrateToLatest({ ...plan, appPassword: 'old' })
    await migrateToLatest({ ...plan, appPassword: PASSWORD })
    const app = appUrl(adminUrl, `${schema}_app`, PASSWORD)
    expect(await query(app, `select current_user`)).toEqual([[`${schema}_app`]])
    const refused = [
      `select * from ${schema}.thing`,
      `select ${schema}.secret()`,
      `create table ${schema}.mine (id int)`,
      `set role ${schema}_owner`,
      `delete from ${schema}.migration`,
    ]
    for (const text of refused) {
      await expect(query(app, text)).rejects.toMatchObject({ code: '42501' })
    }
    const old = query(appUrl(adminUrl, `${schema}_app`, 'old'), 'select 1')
    await expect(old).rejects.toMatchObject({ code: '28P01' })
    const owner = query(appUrl(adminUrl, `${schema}_owner`, PASSWORD), 'select 1')
    await expect(owner).rejects.toMatchObject({ code: '28P01' })
  })
})

describe('requireMigrated', () => {
  test('refuses an empty and an older schema, takes an equal and a newer one', async () => {
    await using own = await scratchSchema()
    const { schema, adminUrl } = own
    await using db = openDb({ url: adminUrl, poolMax: 1 })
    const first = createThing(schema)
    const both = { ...first, ...addName(schema) }

    await expect(requireMigrated(db, { schema, migrations: first })).rejects.toThrow(
      `Schema ${schema} lacks 20260101T0000-thing: run its migrations first`,
    )
    await migrateToLatest({ adminUrl, schema, migrations: first, appPassword: PASSWORD })
    await requireMigrated(db, { schema, migrations: first })
    await expect(requireMigrated(db, { schema, migrations: both })).rejects.toThrow(
      `Schema ${schema} lacks 20260201T0000-name`,
    )
    await migrateToLatest({ adminUrl, schema, migrations: both, appPassword: PASSWORD })
    await requireMigrated(db, { schema, migrations: first })
  })
})
