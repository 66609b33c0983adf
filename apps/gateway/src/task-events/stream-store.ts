import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import type { AccountId } from '@upscale/types'
import type { GatewayDb, GatewayTables } from '../db/schema/index.ts'

/** One gateway's streams of one account. */
export interface StreamCount {
  gatewayId: string
  accountId: AccountId
  streams: number
}

/** Nobody else opens a stream of the account until the transaction ends. */
export async function lockStreams(
  trx: Transaction<GatewayTables>,
  accountId: AccountId,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('open_stream'), hashtext(${accountId}))`.execute(
    trx,
  )
}

/** Streams of the account that other gateways hold; one that died is forgotten after 30 s. */
export async function countElsewhere(
  trx: Transaction<GatewayTables>,
  { gatewayId, accountId }: Omit<StreamCount, 'streams'>,
): Promise<number> {
  const { streams } = await trx
    .selectFrom('gateway.openStream')
    .select(sql<number>`coalesce(sum(streams), 0)::int4`.as('streams'))
    .where('accountId', '=', accountId)
    .where('gatewayId', '<>', gatewayId)
    .where('seenAt', '>', sql<Date>`now() - interval '30 seconds'`)
    .executeTakeFirstOrThrow()
  return streams
}

/** Says what this gateway holds, and that it lives. */
export async function saveStreams(
  db: GatewayDb | Transaction<GatewayTables>,
  counts: readonly StreamCount[],
): Promise<void> {
  await db
    .insertInto('gateway.openStream')
    .values(counts.map((count) => ({ ...count, seenAt: sql<Date>`now()` })))
    .onConflict((conflict) =>
      conflict.columns(['accountId', 'gatewayId']).doUpdateSet({
        streams: sql`excluded.streams`,
        seenAt: sql`excluded.seen_at`,
      }),
    )
    .execute()
}

/** Forgets the gateways that died, and who holds none any more. */
export async function dropUnseen(db: GatewayDb): Promise<void> {
  await sql`delete from gateway.open_stream where seen_at < now() - interval '30 seconds'`.execute(
    db,
  )
}

export async function dropGateway(db: GatewayDb, gatewayId: string): Promise<void> {
  await db.deleteFrom('gateway.openStream').where('gatewayId', '=', gatewayId).execute()
}
