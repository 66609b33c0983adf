import { hash, timingSafeEqual } from 'node:crypto'
import { accountIdOf } from '@upscale/types'
import type { CustomerId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import type { Events } from '../events.ts'
import { keepAnswers } from '../kept-answers.ts'
import { digestOf } from './api-key.ts'
import type { Peppers } from './api-key.ts'
import { findActiveKey, touchApiKey } from './api-key-store.ts'
import type { Caller } from './caller.ts'

const KEPT_MS = 4_000 // a revocation reaches every process within 5 s
const RENEW_MS = 1_500 // who asks each second does not wait for the database

/** Who a well-formed key belongs to; undefined: unknown, revoked or expired. */
export type FindCaller = (key: string) => Promise<Caller | undefined>

export function createFindCaller(
  db: GatewayDb,
  peppers: Peppers,
  events: Pick<Events, 'keyTouchFailed'>,
): FindCaller {
  const touch = (id: string) =>
    touchApiKey(db, id).catch((error: unknown) => events.keyTouchFailed(id, error))
  const askDatabase = async (_: string, key: string): Promise<Caller | undefined> => {
    const digests = peppers.map((pepper) => digestOf(key, pepper))
    const found = await findActiveKey(db, digests)
    const given = digests.find((digest) => isSame(digest, found?.digest ?? NO_DIGEST))
    if (!found || !given) return undefined
    if (found.isTouchDue) void touch(found.id) // nobody waits for it
    const customerId = found.customerId as CustomerId
    const { id: keyId, livemode } = found
    return { keyId, customerId, livemode, accountId: accountIdOf(customerId, livemode) }
  }
  const kept = keepAnswers(KEPT_MS, askDatabase, { renewMs: RENEW_MS })
  return (key) => kept(hash('sha256', key, 'base64'), key) // no key stays in memory
}

const NO_DIGEST = Buffer.alloc(32) // an unknown key costs the same compare

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
