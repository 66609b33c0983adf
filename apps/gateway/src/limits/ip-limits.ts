import { MemoryStore, ipKeyGenerator } from 'express-rate-limit'
import type { Request } from 'express'
import type { GatewayConfig } from '../config.ts'
import { rateLimited } from './rate-limited.ts'

const WINDOW_MS = 60_000
const IPV6_PREFIX = 56 // what one household or host gets

/** Counts something of an address. Throws RATE_LIMITED where it was too much. */
export type CountOfAddress = (req: Request) => Promise<void>

/** Limits before anybody is known: of this process alone, per address. */
export interface IpLimits {
  countRequest: CountOfAddress
  /** Of a failed authentication. A good key is heard from every address: others may share it. */
  countAuthFailure: CountOfAddress
}

type Settings = Pick<GatewayConfig['limits'], 'ipRequestsPerMinute' | 'ipAuthFailuresPerMinute'>

export const createIpLimits = (settings: Settings): IpLimits => ({
  countRequest: countOf(settings.ipRequestsPerMinute),
  countAuthFailure: countOf(settings.ipAuthFailuresPerMinute),
})

/** Up to `limit` a minute; 0: any number. */
function countOf(limit: number): CountOfAddress {
  if (limit === 0) return async () => undefined
  const counts = new MemoryStore()
  counts.init({ windowMs: WINDOW_MS } as Parameters<MemoryStore['init']>[0]) // reads nothing else
  return async ({ ip = '' }) => {
    const { totalHits, resetTime } = await counts.increment(ipKeyGenerator(ip, IPV6_PREFIX))
    if (totalHits <= limit) return
    const now = new Date()
    throw rateLimited({ limit: `${limit}/min`, resetsAt: resetTime ?? now, now })
  }
}
