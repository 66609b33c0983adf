import { randomBytes } from 'node:crypto'
import { testDatabase } from '@upscale/testing'
import { Client } from 'pg'

/** An empty database and a schema name whose roles are dropped at the end. */
export async function scratchSchema() {
  const schema = `scratch_${randomBytes(5).toString('hex')}`
  const database = await testDatabase({
    name: 'db',
    sources: [],
    migrate: () => Promise.resolve(),
  })
  return {
    schema,
    adminUrl: database.adminUrl,
    url: database.url,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      const roles = ['owner', 'app', 'read', 'admin'].map((kind) => `${schema}_${kind}`).join(', ')
      await query(process.env['TEST_DATABASE_URL'] ?? '', `drop role if exists ${roles}`)
    },
  }
}

/** Rows of one statement, as arrays of values. */
export async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}
