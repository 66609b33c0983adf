import type { Pool } from '@upscale/db'
import type { BillingClient } from '../billing-client.ts'
import type { GatewayConfig } from '../config.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import { createBurstLimit } from './burst-limit.ts'
import type { BurstLimit } from './burst-limit.ts'
import { createDailyUse } from './daily-quota.ts'
import type { ReadDailyUse } from './daily-quota.ts'
import { createLeaseTokens } from './rate-window-store.ts'
import type { RateScope } from './rate-window-store.ts'
import { restAfterFailure } from './rest-after-failure.ts'

/** A burst limit with the words in which it is refused. */
export interface NamedLimit {
  limit: number
  /** `600/min` */
  text: string
  take: BurstLimit
}

/** The limits of accounts, which hold across gateways. */
export interface Limits {
  burst: Readonly<Record<RateScope, NamedLimit>>
  readDailyUse: ReadDailyUse
}

const MINUTE_S = 60
const HOUR_S = 3_600
// How often a busy account is written. What one gateway leased, another cannot give out.
const LEASES_PER_WINDOW = 20
const REST_MS = 1_000 // while the database is away, one request each second waits for it

export function createLimits(
  { requestsPerMinute, createsPerMinute, quotesPerHour }: GatewayConfig['limits'],
  parts: { pool: Pool; db: GatewayDb; billing: BillingClient; now: () => Date },
): Limits {
  const leaseTokens = createLeaseTokens(parts.pool)
  const requests = restAfterFailure(REST_MS, leaseTokens('requests', requestsPerMinute, MINUTE_S))
  // One at a time, so that the limit is exact over all gateways: what is counted costs far more than that.
  const creates = leaseTokens('creates', createsPerMinute, MINUTE_S)
  const quotes = leaseTokens('quotes', quotesPerHour, HOUR_S)
  return {
    burst: {
      requests: {
        limit: requestsPerMinute,
        text: `${requestsPerMinute}/min`,
        take: createBurstLimit(requests, Math.ceil(requestsPerMinute / LEASES_PER_WINDOW)),
      },
      creates: {
        limit: createsPerMinute,
        text: `${createsPerMinute}/min`,
        take: createBurstLimit(creates),
      },
      quotes: {
        limit: quotesPerHour,
        text: `${quotesPerHour}/hour`,
        take: createBurstLimit(quotes),
      },
    },
    readDailyUse: restAfterFailure(REST_MS, createDailyUse(parts)),
  }
}
