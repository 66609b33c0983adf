import { timingSafeEqual } from 'node:crypto'
import { accountIdOf } from '@upscale/types'
import type { CustomerId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import { keepAnswers } from '../kept-answers.ts'
import { digestOf } from './api-key.ts'
import type { Peppers } from './api-key.ts'
import { findActiveKey, touchApiKey } from './api-key-store.ts'
import type { Caller } from './caller.ts'

const KEPT_MS = 4_000 // a revocation reaches every process within 5 s

/** Who a well-formed key belongs to; undefined: unknown, revoked or expired. */
export type FindCaller = (key: string) => Promise<Caller | undefined>

export function createFindCaller(db: GatewayDb, peppers: Peppers): FindCaller {
  const [newest] = peppers
  const askDatabase = async (digests: readonly Buffer[]): Promise<Caller | undefined> => {
    const found = await findActiveKey(db, digests)
    const given = digests.find((digest) => isSame(digest, found?.digest ?? NO_DIGEST))
    if (!found || !given) return undefined
    await touchApiKey(db, found.id)
    const customerId = found.customerId as CustomerId
    const { id: keyId, livemode } = found
    return { keyId, customerId, livemode, accountId: accountIdOf(customerId, livemode) }
  }
  // Digests alone stay in memory, in base64: no key.
  const kept = keepAnswers(KEPT_MS, (digests) =>
    askDatabase(digests.split(',').map((text) => Buffer.from(text, 'base64'))),
  )
  return (key) =>
    kept(
      peppers.length === 1
        ? digestOf(key, newest).toString('base64')
        : peppers.map((pepper) => digestOf(key, pepper).toString('base64')).join(),
    )
}

const NO_DIGEST = Buffer.alloc(32) // an unknown key costs the same compare

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
