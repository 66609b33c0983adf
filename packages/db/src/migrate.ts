import { CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Migration } from 'kysely/migration'
import { Client, Pool } from 'pg'
import { StartError } from '@upscale/types'
import { ensureRoles, rolesOf } from './ensure-roles.ts'
import type { SchemaRoles } from './ensure-roles.ts'

/** By name: `<timestamp>-<what>`. They run in the order of their names, and only forward. */
export type Migrations = Readonly<Record<string, Migration>>

export interface SchemaPlan {
  /** URL of a superuser, or of a role with CREATEROLE that owns the database. */
  adminUrl: string
  /** Plain lower-case name: it is part of SQL text and of role names. */
  schema: string
  migrations: Migrations
  /** What `<schema>_app` logs in with. */
  appPassword: string
}

const MIGRATION_TABLE = 'migration'

/**
 * Brings the schema to the newest migration, all or nothing, as its owner role. Harmless to repeat;
 * a second migrator waits for the first.
 */
export async function migrateToLatest(plan: SchemaPlan): Promise<void> {
  const { adminUrl, schema } = plan
  const roles = rolesOf(schema)
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock(hashtext($1))', [`migrate ${schema}`]) // until the end
    await ensureRoles(admin, roles, plan.appPassword)
    await admin.query(`create schema if not exists ${schema} authorization ${roles.owner}`)
    await runMigrations(plan, roles)
  } finally {
    await admin.end()
  }
}

async function runMigrations({ adminUrl, schema, migrations }: SchemaPlan, roles: SchemaRoles) {
  await using db = new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: new Pool({ connectionString: adminUrl, max: 1 }),
      onCreateConnection: async (connection) => {
        await connection.executeQuery(CompiledQuery.raw(`set role ${roles.owner}`))
      },
    }),
  })
  // Whatever a migration creates: nobody may call it before it says so.
  await sql`alter default privileges revoke execute on functions from public`.execute(db)
  const { error } = await migratorOf(db, schema, migrations).migrateToLatest()
  if (error) throw error
  const names = { schema: sql.id(schema), app: sql.id(roles.app), read: sql.id(roles.read) }
  await sql`grant usage on schema ${names.schema} to ${names.app}, ${names.read}`.execute(db)
  await sql`grant select on ${migrationTable(schema)} to ${names.app}`.execute(db)
}

const migratorOf = (db: Kysely<unknown>, schema: string, migrations: Migrations) =>
  new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: schema,
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  })

/** Refuses to go on where the schema is older than the code; a newer one is fine. */
export async function requireMigrated<Tables>(
  db: Kysely<Tables>,
  { schema, migrations }: Pick<SchemaPlan, 'schema' | 'migrations'>,
): Promise<void> {
  const applied = await appliedMigrations(db, schema).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause)
    throw new StartError(`The database of schema ${schema} cannot be read: ${reason}`, { cause })
  })
  const missing = Object.keys(migrations).filter((name) => !applied.includes(name))
  if (missing.length > 0) {
    throw new StartError(`Schema ${schema} lacks ${missing.join(', ')}: run its migrations first`)
  }
}

async function appliedMigrations<Tables>(db: Kysely<Tables>, schema: string): Promise<string[]> {
  const table = `${schema}.${MIGRATION_TABLE}`
  const known = await sql<{
    here: boolean
  }>`select to_regclass(${table}) is not null as here`.execute(db)
  if (!known.rows[0]?.here) return []
  const { rows } = await sql<{ name: string }>`select name from ${migrationTable(schema)}`.execute(
    db,
  )
  return rows.map(({ name }) => name)
}

const migrationTable = (schema: string) => sql.table(`${schema}.${MIGRATION_TABLE}`)
