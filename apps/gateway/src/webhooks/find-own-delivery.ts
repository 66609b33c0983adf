import { AppError } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import { DeliveryId } from './delivery-schema.ts'
import { findDelivery } from './delivery-store.ts'
import type { DeliveryRecord } from './delivery-store.ts'

/** The caller's delivery; a missing one and one of somebody else look the same. */
export async function findOwnDelivery(
  db: GatewayDb,
  caller: Caller,
  id: string,
): Promise<DeliveryRecord> {
  const isId = DeliveryId.safeParse(id).success // else it may hold what the database does not take
  const found = isId ? await findDelivery(db, caller, id) : undefined
  if (!found) throw new AppError('DELIVERY_NOT_FOUND', 'Delivery not found')
  return found
}
