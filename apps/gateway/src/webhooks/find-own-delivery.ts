import { AppError } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import { findDelivery } from './delivery-store.ts'
import type { DeliveryRecord } from './delivery-store.ts'

/** The caller's delivery; a missing one and one of somebody else look the same. */
export async function findOwnDelivery(
  db: GatewayDb,
  caller: Caller,
  id: string,
): Promise<DeliveryRecord> {
  const found = await findDelivery(db, caller, id)
  if (!found) throw new AppError('DELIVERY_NOT_FOUND', 'Delivery not found')
  return found
}
