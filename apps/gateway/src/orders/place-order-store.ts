import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import { toCredits } from '@upscale/types'
import type { MediaFacts, RequestId, TaskId } from '@upscale/types'
import { oneAtATime } from '../one-at-a-time.ts'
import type { TaskOrder } from './order-store.ts'
import { paidFrom } from './paid.ts'
import type { Paid } from './paid.ts'

const PLACE_ORDER = `
  select outcome, task_id as "taskId", request_id as "requestId", created_at as "createdAt",
    used_today as "usedToday", media, credits_used as "creditsUsed",
    credits_remaining as "creditsRemaining", credits_per_second as "creditsPerSecond"
  from gateway.place_order(${Array.from({ length: 16 }, (_, i) => `$${i + 1}`).join(', ')})`

/** An order that is to be placed, and what may stand against it. */
export interface OrderToPlace {
  order: Omit<TaskOrder, 'createdAt'>
  idempotency: { key: string; fingerprint: Buffer } | undefined
  /** Created tasks a day; null: no limit. */
  dailyLimit: number | null
  openLimit: number
}

/** Whose order stands: the new one, or that of the first request with the key. */
export interface StandingOrder {
  taskId: TaskId
  requestId: RequestId
  createdAt: Date
  /** Orders of today with this one; null: they are not counted. */
  usedToday: number | null
  /** Undefined: its task is not recorded yet. */
  paid: Paid | undefined
}

export type PlaceAnswer =
  | ({ outcome: 'placed' | 'replay' } & StandingOrder)
  | { outcome: 'key_reused' | 'queue_full' }
  | { outcome: 'quota_used'; usedToday: number; at: Date }

/** One call that checks the key, the daily quota and the cap of open tasks, and writes order and key. */
export type PlaceOrder = (placing: OrderToPlace) => Promise<PlaceAnswer>

interface Row {
  outcome: PlaceAnswer['outcome']
  taskId: TaskId
  requestId: RequestId
  createdAt: Date
  usedToday: number | null
  media: MediaFacts | null
  creditsUsed: bigint | null
  creditsRemaining: bigint | null
  creditsPerSecond: bigint | null
}

export function createPlaceOrder(pool: Pool): PlaceOrder {
  const query = prepare<Row>(pool, 'place_order', PLACE_ORDER)
  // The database takes an account's orders in turn: who waits for that must not hold a connection.
  const inTurn = oneAtATime()
  return async (placing) => {
    const [row] = await inTurn(placing.order.accountId, () => query(valuesOf(placing)))
    if (!row) throw new Error('place_order gave no row')
    const { outcome, taskId, requestId, createdAt, usedToday } = row
    switch (outcome) {
      case 'placed':
      case 'replay':
        return { outcome, taskId, requestId, createdAt, usedToday, paid: paidOf(row) }
      case 'quota_used':
        return { outcome, usedToday: usedToday ?? 0, at: createdAt }
      default:
        return { outcome }
    }
  }
}

const valuesOf = ({ order, idempotency, dailyLimit, openLimit }: OrderToPlace): unknown[] => [
  order.taskId,
  order.accountId,
  order.livemode,
  order.requestId,
  order.model,
  order.videoUrl,
  order.upscaleFactor,
  JSON.stringify(order.metadata),
  order.maxCredits,
  order.quoteId,
  order.webhookUrl,
  order.webhookEvents,
  idempotency?.key ?? null,
  idempotency?.fingerprint ?? null,
  dailyLimit,
  openLimit,
]

const creditsOf = (value: bigint | null): number | null =>
  value === null ? null : toCredits(value)

const paidOf = ({ media, creditsUsed, creditsRemaining, creditsPerSecond }: Row) =>
  paidFrom({
    media,
    creditsUsed: creditsOf(creditsUsed),
    creditsRemaining: creditsOf(creditsRemaining),
    creditsPerSecond: creditsOf(creditsPerSecond),
  })
