import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { randomBase62 } from '../random-id.ts'
import { insertTestDelivery } from './delivery-store.ts'
import type { DeliveryRecord } from './delivery-store.ts'
import { findOwnDelivery } from './find-own-delivery.ts'
import { attemptNow } from './start-delivery.ts'
import type { WebhookType } from './webhook-type.ts'

/** Sends a sample in one attempt; its record with what came of it. */
export async function sendTest(
  ctx: GatewayContext,
  caller: Caller,
  { url, type }: { url: string; type: WebhookType },
  requestId: string,
): Promise<DeliveryRecord> {
  const { accountId, livemode } = caller
  const deliveryId = `whd_${randomBase62(24)}`
  const ids = { deliveryId, webhookId: `msg_${randomBase62(24)}` }
  await insertTestDelivery(ctx.db, { ...ids, accountId, livemode, type, url, createdAt: ctx.now() })
  await attemptNow(ctx, await findOwnDelivery(ctx.db, caller, deliveryId), requestId)
  return await findOwnDelivery(ctx.db, caller, deliveryId)
}
