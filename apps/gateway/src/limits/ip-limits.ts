import { MemoryStore, ipKeyGenerator } from 'express-rate-limit'
import type { Request, RequestHandler } from 'express'
import type { GatewayConfig } from '../config.ts'
import { rateLimited } from './rate-limited.ts'

const WINDOW_MS = 60_000
const IPV6_PREFIX = 56 // what one household or host gets

/** Limits before anybody is known: of this process alone, per address. */
export interface IpLimits {
  countRequests: RequestHandler
  /** Stands before the authentication: refuses who failed it too often. */
  refuseGuessers: RequestHandler
}

type Settings = Pick<GatewayConfig['limits'], 'ipRequestsPerMinute' | 'ipAuthFailuresPerMinute'>

export const createIpLimits = (settings: Settings): IpLimits => ({
  countRequests: countRequests(settings.ipRequestsPerMinute),
  refuseGuessers: refuseGuessers(settings.ipAuthFailuresPerMinute),
})

const passAll: RequestHandler = (_req, _res, next) => next()

function countRequests(limit: number): RequestHandler {
  if (limit === 0) return passAll
  const counts = openCounts()
  return async (req, _res, next) => {
    const { totalHits, resetTime } = await counts.increment(addressOf(req))
    if (totalHits > limit) throw refusal(limit, resetTime)
    next()
  }
}

function refuseGuessers(limit: number): RequestHandler {
  if (limit === 0) return passAll
  const counts = openCounts()
  return async (req, res, next) => {
    const address = addressOf(req)
    const known = await counts.get(address)
    if (known && known.totalHits >= limit) throw refusal(limit, known.resetTime)
    res.once('finish', () => {
      if (res.statusCode === 401) void counts.increment(address)
    })
    next()
  }
}

function openCounts(): MemoryStore {
  const counts = new MemoryStore()
  counts.init({ windowMs: WINDOW_MS } as Parameters<MemoryStore['init']>[0]) // reads nothing else
  return counts
}

const addressOf = ({ ip = '' }: Request): string => ipKeyGenerator(ip, IPV6_PREFIX)

function refusal(limit: number, resetTime: Date | undefined) {
  const now = new Date()
  return rateLimited({ limit: `${limit}/min`, resetsAt: resetTime ?? now, now })
}
