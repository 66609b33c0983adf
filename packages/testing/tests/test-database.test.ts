import { expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { testDatabase } from '../src/index.ts'

const ask = async (url: string, sql: string): Promise<(string | number)[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** A name of its own, and its templates dropped at the end. */
async function scratch() {
  const name = `scratch_${randomBytes(4).toString('hex')}`
  const folder = await mkdtemp(join(tmpdir(), 'test-database-'))
  const server = process.env['TEST_DATABASE_URL'] ?? ''
  const databases = (prefix: string) =>
    ask(server, `select datname from pg_database where datname like '${prefix}\\_${name}\\_%'`)
  return {
    name,
    folder,
    databases,
    [Symbol.asyncDispose]: async () => {
      for (const template of await databases('template'))
        await ask(server, `drop database ${template}`)
      await rm(folder, { recursive: true })
    },
  }
}

test('databases are clones of one template, migrated once, and gone at the end', async () => {
  await using own = await scratch()
  await writeFile(join(own.folder, 'one.sql'), 'create table thing (id int)')
  let migrated = 0
  const options = {
    name: own.name,
    sources: [pathToFileURL(own.folder)],
    migrate: async (adminUrl: string) => {
      migrated += 1
      await ask(adminUrl, 'create table thing (id int)')
    },
  }
  {
    await using first = await testDatabase(options)
    await using second = await testDatabase(options)
    await ask(first.adminUrl, 'insert into thing values (7)')
    expect(await ask(first.adminUrl, 'select id from thing')).toEqual([7])
    expect(await ask(second.adminUrl, 'select id from thing')).toEqual([])
    expect(await own.databases('test')).toHaveLength(2)
  }
  expect(await own.databases('test')).toEqual([])

  await writeFile(join(own.folder, 'two.sql'), 'create table other (id int)')
  await using third = await testDatabase(options)
  expect(await ask(third.adminUrl, 'select id from thing')).toEqual([])
  expect(migrated).toBe(2)
  expect(await own.databases('template')).toHaveLength(2)
})

test('who asks at the same time waits for one migration', async () => {
  await using own = await scratch()
  let migrated = 0
  const options = {
    name: own.name,
    sources: [pathToFileURL(own.folder)],
    migrate: async (adminUrl: string) => {
      migrated += 1
      await ask(adminUrl, 'create table thing (id int)')
    },
  }
  const all = await Promise.all([
    testDatabase(options),
    testDatabase(options),
    testDatabase(options),
  ])
  for (const database of all) await database[Symbol.asyncDispose]()
  expect(migrated).toBe(1)
})

test('a migration that failed leaves no template behind', async () => {
  await using own = await scratch()
  const options = { name: own.name, sources: [pathToFileURL(own.folder)] }
  const broken = testDatabase({ ...options, migrate: () => Promise.reject(new Error('broken')) })
  await expect(broken).rejects.toThrow('broken')
  await using database = await testDatabase({ ...options, migrate: () => Promise.resolve() })
  expect(await ask(database.adminUrl, 'select current_database()')).toEqual([database.name])
})

test('another role gets its own URL', async () => {
  await using own = await scratch()
  const options = { name: own.name, sources: [], migrate: () => Promise.resolve() }
  await using database = await testDatabase(options)
  const url = new URL(database.url('billing_app', 'p@ss:word'))
  expect([url.username, decodeURIComponent(url.password), url.pathname]).toEqual([
    'billing_app',
    'p@ss:word',
    `/${database.name}`,
  ])
})
