import type { CustomerId, NewKeyView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { randomBase62 } from '../random-id.ts'
import { digestOf, newApiKey, shownKey } from './api-key.ts'
import { insertApiKey } from './api-key-store.ts'

interface KeyRequest {
  customerId: CustomerId
  name: string
  livemode: boolean
}

/** Makes a key. Its text is in the answer and nowhere else. */
export async function createApiKey(
  { db, config, events }: Pick<GatewayContext, 'db' | 'config' | 'events'>,
  { customerId, name, livemode }: KeyRequest,
): Promise<NewKeyView> {
  const [pepper] = config.keys.peppers
  const key = newApiKey(livemode)
  const id = `key_${randomBase62(20)}`
  const digest = digestOf(key, pepper)
  await insertApiKey(db, {
    id,
    customerId,
    livemode,
    name,
    pepperId: pepper.id,
    digest,
    shown: shownKey(key),
  })
  events.keyCreated(id, customerId, livemode)
  return { key, id }
}
