import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { Client } from 'pg'

export interface TestDatabaseOptions {
  /** Whose tables: the app or package. Same name and sources: same template. */
  name: string
  /** Folders and files that decide what `migrate` does; a change of them makes a new template. */
  sources: readonly URL[]
  /** Brings the empty database behind this administrator's URL up to date, and closes its connections. */
  migrate: (adminUrl: string) => Promise<void>
  /** Administrator's URL of another server than TEST_DATABASE_URL. */
  serverUrl?: string | undefined
}

export interface TestDatabase extends AsyncDisposable {
  name: string
  /** URL of this database as the test server's administrator. */
  adminUrl: string
  /** URL of this database as another role. */
  url: (role: string, password: string) => string
}

/**
 * A database of its own for one test file, with everything migrated: a clone of a template that is
 * built once per server. Needs TEST_DATABASE_URL or `serverUrl`; dropped with its open connections at the end.
 */
export async function testDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const serverUrl = options.serverUrl ?? serverUrlOf(process.env)
  const template = await ensureTemplate(serverUrl, options)
  const name = `test_${wordOf(options.name)}_${randomBytes(6).toString('hex')}`
  await onServer(serverUrl, (server) =>
    server.query(`create database ${name} template ${template} strategy wal_log`),
  )
  return {
    name,
    adminUrl: urlOf(serverUrl, { name }),
    url: (role, password) => urlOf(serverUrl, { name, role, password }),
    [Symbol.asyncDispose]: async () => {
      await onServer(serverUrl, (server) => server.query(`drop database ${name} with (force)`))
    },
  }
}

/** Name of the migrated template, built by the first who asks while the others wait. */
async function ensureTemplate(serverUrl: string, options: TestDatabaseOptions): Promise<string> {
  const template = `template_${wordOf(options.name)}_${await versionOf(options)}`
  const half = `${template}_half`
  await onServer(serverUrl, async (server) => {
    await server.query('select pg_advisory_lock(hashtext($1))', [template]) // ends with the session
    const known = await server.query('select 1 from pg_database where datname = $1', [template])
    if (known.rowCount) return
    await server.query(`drop database if exists ${half} with (force)`)
    await server.query(`create database ${half}`)
    await options.migrate(urlOf(serverUrl, { name: half }))
    await server.query(`alter database ${half} rename to ${template}`)
  })
  return template
}

async function onServer<T>(url: string, work: (server: Client) => Promise<T>): Promise<T> {
  const server = new Client({ connectionString: url })
  await server.connect()
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}

async function versionOf({ name, sources }: TestDatabaseOptions): Promise<string> {
  const hash = createHash('sha256').update(name)
  for (const source of sources)
    for (const file of await filesIn(source))
      hash.update(`\0${file.pathname.slice(source.pathname.length)}\0`).update(await readFile(file))
  return hash.digest('hex').slice(0, 12)
}

async function filesIn(source: URL): Promise<URL[]> {
  if (!(await stat(source)).isDirectory()) return [source]
  const folder = new URL(`${source.href.replace(/\/$/, '')}/`)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => new URL(`file://${entry.parentPath.replace(/\/$/, '')}/${entry.name}`))
    .sort((a, b) => (a.pathname < b.pathname ? -1 : 1))
}

function serverUrlOf(env: NodeJS.ProcessEnv): string {
  const url = env['TEST_DATABASE_URL']
  if (url) return url
  throw new Error('TEST_DATABASE_URL is not set: run service tests through `pnpm test`')
}

const wordOf = (name: string): string => name.replaceAll(/[^a-z0-9]+/g, '_').slice(0, 20)

function urlOf(serverUrl: string, to: { name: string; role?: string; password?: string }): string {
  const url = new URL(serverUrl)
  url.pathname = `/${to.name}`
  if (to.role !== undefined) url.username = encodeURIComponent(to.role)
  if (to.password !== undefined) url.password = encodeURIComponent(to.password)
  return url.href
}
