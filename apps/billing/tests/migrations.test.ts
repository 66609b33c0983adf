import { expect, test } from '@jest/globals'
import { openDb } from '@upscale/db'
import { testDatabase } from '@upscale/testing'
import { sql } from 'kysely'
import { migrate } from '../src/db/migrate.ts'
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
