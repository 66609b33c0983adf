import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { CURSOR_TIME, decodeCursor, encodeCursor } from '@upscale/db'
import type { TaskId } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import type { WebhookAttemptTable, WebhookDeliveryTable } from '../db/schema/webhooks.ts'
import type { DeliveryPlan } from './delivery-plan.ts'

export type Delivery = Selectable<WebhookDeliveryTable>
export type Attempt = Selectable<WebhookAttemptTable>
type DeliveryFacts = Omit<Delivery, 'body'>

/** A delivery as its customer may see it; attempts oldest first. */
export type DeliveryRecord = DeliveryFacts & { attempts: Attempt[] }

type Owner = Pick<Caller, 'accountId' | 'livemode'>

const FACTS = [
  'deliveryId',
  'webhookId',
  'accountId',
  'livemode',
  'taskId',
  'type',
  'url',
  'status',
  'nextAttemptAt',
  'createdAt',
] as const satisfies (keyof DeliveryFacts)[]

export async function findDelivery(
  db: GatewayDb,
  owner: Owner,
  deliveryId: string,
): Promise<DeliveryRecord | undefined> {
  const found = await ownDeliveries(db, owner).where('deliveryId', '=', deliveryId).execute()
  return (await withAttempts(db, found))[0]
}

export interface DeliveryFilter {
  taskId?: string | undefined
  status?: Delivery['status'] | undefined
  limit: number
  /** `next` of the page before. */
  after?: string | undefined
}

/** Newest first; a page stays the same while deliveries are added. */
export async function listDeliveries(
  db: GatewayDb,
  owner: Owner,
  { taskId, status, limit, after }: DeliveryFilter,
): Promise<{ items: DeliveryRecord[]; next: string | null }> {
  let query = ownDeliveries(db, owner)
  if (taskId !== undefined) query = query.where('taskId', '=', taskId as TaskId)
  if (status !== undefined) query = query.where('status', '=', status)
  if (after !== undefined) {
    const [at = '', id = ''] = decodeCursor(after, PLACE)
    query = query.where(sql<boolean>`(created_at, delivery_id) < (${at}::timestamptz, ${id})`)
  }
  const rows = await query
    .orderBy('createdAt', 'desc')
    .orderBy('deliveryId', 'desc')
    .limit(limit + 1)
    .execute()
  const items = await withAttempts(db, rows.slice(0, limit))
  const last = items.at(-1)
  const next =
    last && rows.length > limit
      ? encodeCursor([last.createdAt.toISOString(), last.deliveryId])
      : null
  return { items, next }
}

const PLACE = [CURSOR_TIME, /^whd_[A-Za-z0-9]+$/] as const

const ownDeliveries = (db: GatewayDb, { accountId, livemode }: Owner) =>
  db
    .selectFrom('gateway.webhookDelivery')
    .select(FACTS)
    .where('accountId', '=', accountId)
    .where('livemode', '=', livemode)

async function withAttempts(db: GatewayDb, deliveries: DeliveryFacts[]): Promise<DeliveryRecord[]> {
  if (deliveries.length === 0) return []
  const ids = deliveries.map(({ deliveryId }) => deliveryId)
  const attempts = await db
    .selectFrom('gateway.webhookAttempt')
    .selectAll()
    .where('deliveryId', 'in', ids)
    .orderBy('number')
    .execute()
  const of = Map.groupBy(attempts, ({ deliveryId }) => deliveryId)
  return deliveries.map((delivery) => ({
    ...delivery,
    attempts: of.get(delivery.deliveryId) ?? [],
  }))
}

/** Those of a task that are not at their end, whoever it belongs to. */
export const listPendingDeliveries = (db: GatewayDb, taskId: TaskId): Promise<DeliveryFacts[]> =>
  db
    .selectFrom('gateway.webhookDelivery')
    .select(FACTS)
    .where('taskId', '=', taskId)
    .where('status', '=', 'pending')
    .execute()

/** For the worker that delivers it, with the attempt of that number where it was made. */
export async function readDelivery(
  db: GatewayDb,
  deliveryId: string,
  number: number,
): Promise<(Delivery & { made: Attempt | undefined }) | undefined> {
  const delivery = await db
    .selectFrom('gateway.webhookDelivery')
    .selectAll()
    .where('deliveryId', '=', deliveryId)
    .executeTakeFirst()
  if (!delivery) return undefined
  const made = await db
    .selectFrom('gateway.webhookAttempt')
    .selectAll()
    .where('deliveryId', '=', deliveryId)
    .where('number', '=', number)
    .executeTakeFirst()
  return { ...delivery, made }
}

/** A delivery that no task has caused. */
export async function insertTestDelivery(
  db: GatewayDb,
  delivery: Pick<
    Delivery,
    'deliveryId' | 'webhookId' | 'accountId' | 'livemode' | 'type' | 'url' | 'createdAt'
  >,
): Promise<void> {
  await db
    .insertInto('gateway.webhookDelivery')
    .values({ ...delivery, taskId: null, body: null, nextAttemptAt: delivery.createdAt })
    .execute()
}

/** The body that every attempt sends: this one, or the one that somebody stored before. */
export async function keepBody(db: GatewayDb, deliveryId: string, body: string): Promise<string> {
  const { rows } = await sql<{ body: string }>`
    update gateway.webhook_delivery set body = coalesce(body, ${body})
    where delivery_id = ${deliveryId}
    returning body`.execute(db)
  return rows[0]?.body ?? body
}

/** Notes an attempt and what it means, together. What was delivered stays delivered. */
export async function saveAttempt(
  db: GatewayDb,
  attempt: Attempt,
  { status, waitMs }: DeliveryPlan,
  now: Date,
): Promise<void> {
  const nextAttemptAt = waitMs === null ? null : new Date(now.getTime() + waitMs)
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('gateway.webhookAttempt')
      .values(attempt)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    if (status === null) return
    const change = trx
      .updateTable('gateway.webhookDelivery')
      .set({ status, nextAttemptAt })
      .where('deliveryId', '=', attempt.deliveryId)
    await (status === 'delivered' ? change : change.where('status', '=', 'pending')).execute()
  })
}

/** Nothing more follows; what was delivered stays delivered. */
export async function giveUpDelivery(db: GatewayDb, deliveryId: string): Promise<void> {
  await giveUp(db).where('deliveryId', '=', deliveryId).execute()
}

/** The same for those whose run is gone without a word: an attempt of a living one is never a day late. */
export async function giveUpLostDeliveries(db: GatewayDb): Promise<void> {
  await giveUp(db)
    .where('nextAttemptAt', '<', sql<Date>`now() - interval '1 day'`)
    .execute()
}

const giveUp = (db: GatewayDb) =>
  db
    .updateTable('gateway.webhookDelivery')
    .set({ status: 'failed', nextAttemptAt: null })
    .where('status', '=', 'pending')

/** How long the attempt has been due that waits longest for its turn, s; 0: none does. */
export async function readOldestDueSeconds(db: GatewayDb): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    select extract(epoch from now() - min(next_attempt_at))::float8 as seconds
    from gateway.webhook_delivery where status = 'pending' and next_attempt_at < now()`.execute(db)
  return rows[0]?.seconds ?? 0
}
