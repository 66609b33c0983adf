import { expect, test } from '@jest/globals'
import { migrateToLatest, openDb, rolePassword } from '@upscale/db'
import { testDatabase } from '@upscale/testing'
import { sql } from 'kysely'
import { APP_ROLE, SCHEMA, migrate } from '../src/db/migrate.ts'
import { migrations } from '../src/db/migrations/index.ts'

test('two migrators at once bring an empty database to the newest schema', async () => {
  await using database = await testDatabase({
    name: 'billing_empty',
    sources: [],
    migrate: () => Promise.resolve(),
  })
  await Promise.all([migrate(database.adminUrl), migrate(database.adminUrl)])
  await migrate(database.adminUrl)

  await using db = openDb({ url: database.adminUrl, poolMax: 1 })
  const applied = await sql<{
    name: string
  }>`select name from billing.migration order by name`.execute(db)
  expect(applied.rows.map(({ name }) => name)).toEqual(Object.keys(migrations))
  const seeds = await sql`select (select count(*)::int from billing.rate) as rates,
    (select count(*)::int from billing.plan) as plans`.execute(db)
  expect(seeds.rows).toEqual([{ rates: 3, plans: 5 }])
})

test('names are in the order in which the files were listed', () => {
  const names = Object.keys(migrations)
  expect(names).toEqual([...names].sort())
  for (const name of names) expect(name).toMatch(/^\d{8}T\d{4}-[a-z-]+$/)
})

test('a ledger of the release before keeps its lines; from now on grants say what for', async () => {
  await using database = await testDatabase({
    name: 'billing_empty',
    sources: [],
    migrate: () => Promise.resolve(),
  })
  const { adminUrl } = database
  const released = Object.entries(migrations).filter(([name]) => name < '20261126')
  const appPassword = rolePassword(adminUrl, APP_ROLE)
  const before = { adminUrl, schema: SCHEMA, migrations: Object.fromEntries(released), appPassword }
  await migrateToLatest(before)
  await using db = openDb({ url: adminUrl, poolMax: 1 })
  await sql`select billing.open_customer('old', 'free')`.execute(db)
  await sql`select billing.grant_credits('old:live', 'paid', 500, 'pack', 'shop')`.execute(db)

  await migrate(adminUrl)
  const repeated = sql`select replay, balance::text
    from billing.grant_credits('old:live', 'paid', 500, 'pack', 'again', 'shop')`
  expect((await repeated.execute(db)).rows).toEqual([{ replay: true, balance: '500' }])
  await sql`select billing.grant_credits('old:live', 'new', 1, 'goodwill', 'sorry', 'ann')`.execute(
    db,
  )
  const lines = sql`select kind, purpose from billing.customer_transaction order by seq`
  expect((await lines.execute(db)).rows).toEqual([
    { kind: 'grant', purpose: null },
    { kind: 'grant', purpose: 'goodwill' },
  ])
})
