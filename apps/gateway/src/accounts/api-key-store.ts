import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import type { CustomerId } from '@upscale/types'
import type { GatewayDb, GatewayTables } from '../db/schema/index.ts'

export interface NewApiKey {
  id: string
  customerId: CustomerId
  livemode: boolean
  name: string
  pepperId: string
  digest: Buffer
  shown: string
}

/** What an operator sees of a key. */
export interface ApiKeyFacts {
  id: string
  name: string
  shown: string
  livemode: boolean
  createdAt: Date
  lastUsedAt: Date | null
  expiresAt: Date | null
  revokedAt: Date | null
}

const FACTS = [
  'id',
  'name',
  'shown',
  'livemode',
  'createdAt',
  'lastUsedAt',
  'expiresAt',
  'revokedAt',
] as const

export async function insertApiKey(db: GatewayDb, key: NewApiKey): Promise<void> {
  await db.insertInto('gateway.apiKey').values(key).execute()
}

const isTouchDue = sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`

/** The key with one of these digests that is neither revoked nor expired. */
export const findActiveKey = (db: GatewayDb, digests: readonly Buffer[]) =>
  db
    .selectFrom('gateway.apiKey')
    .select(['id', 'customerId', 'livemode', 'digest', isTouchDue.as('isTouchDue')])
    .where('digest', 'in', digests)
    .where('revokedAt', 'is', null)
    .where((where) =>
      where.or([where('expiresAt', 'is', null), where('expiresAt', '>', sql<Date>`now()`)]),
    )
    .executeTakeFirst()

/** Those of the keys that are neither revoked nor expired. */
export async function listActiveKeys(
  db: GatewayDb,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const keys = await db
    .selectFrom('gateway.apiKey')
    .select('id')
    .where('id', 'in', ids)
    .where('revokedAt', 'is', null)
    .where((where) =>
      where.or([where('expiresAt', 'is', null), where('expiresAt', '>', sql<Date>`now()`)]),
    )
    .execute()
  return new Set(keys.map(({ id }) => id))
}

/** Notes the use of a key, at most once a minute. */
export async function touchApiKey(db: GatewayDb, id: string): Promise<void> {
  await db
    .updateTable('gateway.apiKey')
    .set({ lastUsedAt: sql`now()` })
    .where('id', '=', id)
    .where(isTouchDue)
    .execute()
}

/** Oldest first, after `after`. */
export const listApiKeys = (
  db: GatewayDb,
  customerId: CustomerId,
  { after, limit }: { after?: Pick<ApiKeyFacts, 'createdAt' | 'id'> | undefined; limit: number },
): Promise<ApiKeyFacts[]> =>
  db
    .selectFrom('gateway.apiKey')
    .select(FACTS)
    .where('customerId', '=', customerId)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.createdAt}, ${after?.id})`),
    )
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit)
    .execute()

/** A key by its id; undefined where there is none. */
export const findApiKey = (db: GatewayDb, id: string): Promise<ApiKeyFacts | undefined> =>
  db.selectFrom('gateway.apiKey').select(FACTS).where('id', '=', id).executeTakeFirst()

/** The key, which nobody else may change until the transaction ends. */
export const lockApiKey = (trx: Transaction<GatewayTables>, id: string) =>
  trx
    .selectFrom('gateway.apiKey')
    .select(['id', 'customerId', 'name', 'livemode', 'expiresAt', 'revokedAt'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** Ends a key at this time, or when it was to end before. */
export async function expireApiKey(
  trx: Transaction<GatewayTables>,
  id: string,
  at: Date,
): Promise<void> {
  await trx
    .updateTable('gateway.apiKey')
    .set({ expiresAt: sql`least(expires_at, ${at})` })
    .where('id', '=', id)
    .execute()
}

/** Revokes a key, once; undefined where there is no such key. */
export const revokeApiKey = (db: GatewayDb, id: string): Promise<ApiKeyFacts | undefined> =>
  db
    .updateTable('gateway.apiKey')
    .set({ revokedAt: sql`coalesce(revoked_at, now())` })
    .where('id', '=', id)
    .returning(FACTS)
    .executeTakeFirst()
