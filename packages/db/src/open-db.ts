import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import { Pool, TypeOverrides, types } from 'pg'

const CONNECT_TIMEOUT_MS = 2_000 // no caller waits longer for an answer

export interface DbConfig {
  url: string
  /** Connections at most. */
  poolMax: number
  /** The server ends a statement that runs longer. */
  statementTimeoutMs?: number
  /** The server ends a statement that waits longer for a lock. */
  lockTimeoutMs?: number
  /** The server ends a session that leaves a transaction open longer. */
  idleInTransactionTimeoutMs?: number
}

/** Typed queries over tables that are snake_case in SQL and camelCase here; disposable. */
export type Db<Tables> = Kysely<Tables>

/** A pool of its own. int8 is read as `bigint`, never as a number; keys inside JSON stay as they are. */
export const openDb = <Tables>(config: DbConfig): Db<Tables> => dbOver(openPool(config))

/** The same over a pool that prepared statements share; it ends with the db. */
export const dbOver = <Tables>(pool: Pool): Db<Tables> =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })

export function openPool(config: DbConfig): Pool {
  const ownTypes = new TypeOverrides()
  ownTypes.setTypeParser(types.builtins.INT8, BigInt)
  const pool = new Pool({
    connectionString: config.url,
    max: config.poolMax,
    types: ownTypes,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: config.statementTimeoutMs,
    lock_timeout: config.lockTimeoutMs,
    idle_in_transaction_session_timeout: config.idleInTransactionTimeoutMs,
  })
  // A connection that breaks in use fails its query, an idle one leaves the pool: the next query opens
  // another. Without these the event itself would end the process.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

const ignore = (): void => undefined
