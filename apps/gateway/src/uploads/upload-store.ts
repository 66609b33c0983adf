import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import type { UploadTable } from '../db/schema/upload.ts'

/** A slot for a customer's file, and the file once it is stored. */
export type Upload = Selectable<UploadTable>
type Owner = Pick<Caller, 'accountId' | 'livemode'>

/** Adds a slot; false: the account has `limit` that are open for a PUT. */
export async function insertSlot(
  db: GatewayDb,
  slot: Omit<Upload, 'storedBytes'>,
  limit: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into gateway.upload
      (object_key, account_id, livemode, slot_digest, content_type, created_at, put_until, expires_at)
    select ${slot.objectKey}, ${slot.accountId}, ${slot.livemode}, ${slot.slotDigest},
      ${slot.contentType}, ${slot.createdAt}::timestamptz, ${slot.putUntil}::timestamptz,
      ${slot.expiresAt}::timestamptz
    where (
      select count(*) from gateway.upload
      where account_id = ${slot.accountId} and put_until > ${slot.createdAt}) < ${limit}
    returning 1`.execute(db)
  return rows.length > 0
}

/** When the first of an account's open slots closes. */
export async function nextSlotClose(
  db: GatewayDb,
  { accountId }: Owner,
  now: Date,
): Promise<Date | null> {
  const { closesAt } = await db
    .selectFrom('gateway.upload')
    .select(({ fn }) => fn.min('putUntil').as('closesAt'))
    .where('accountId', '=', accountId)
    .where('putUntil', '>', now)
    .executeTakeFirstOrThrow()
  return closesAt
}

/** The slot behind an upload URL, as long as it takes a PUT. */
export const findOpenSlot = (
  db: GatewayDb,
  slotDigest: Buffer,
  now: Date,
): Promise<Upload | undefined> =>
  db
    .selectFrom('gateway.upload')
    .selectAll()
    .where('slotDigest', '=', slotDigest)
    .where('putUntil', '>', now)
    .executeTakeFirst()

/** Notes that the file is stored; false: its slot was closed meanwhile, and nobody will look for it. */
export async function markStored(
  db: GatewayDb,
  objectKey: string,
  bytes: number,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('gateway.upload')
    .set({ storedBytes: BigInt(bytes) })
    .where('objectKey', '=', objectKey)
    .where('expiresAt', '>', now)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A stored file, as long as it is kept; of whoever it is, unless an owner is named. */
export async function findStored(
  db: GatewayDb,
  objectKey: string,
  now: Date,
  owner?: Owner,
): Promise<Upload | undefined> {
  let query = db
    .selectFrom('gateway.upload')
    .selectAll()
    .where('objectKey', '=', objectKey)
    .where('storedBytes', 'is not', null)
    .where('expiresAt', '>', now)
  if (owner) {
    query = query.where('accountId', '=', owner.accountId).where('livemode', '=', owner.livemode)
  }
  return await query.executeTakeFirst()
}
