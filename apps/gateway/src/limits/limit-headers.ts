import { secondsUntil } from './rate-limited.ts'

/** A limit as an answer shows it. */
export interface ShownLimit {
  limit: number
  remaining: number
  resetsAt: Date
}

export interface ShownLimits {
  /** Undefined: unlimited, test mode, or not known at this moment. */
  daily: ShownLimit | undefined
  /** Undefined: not known at this moment. */
  burst: ShownLimit | undefined
}

const DAY_S = 86_400
const BURST_S = 60

/** Headers of an authenticated answer: those of the hosted API, and the draft of the IETF. */
export function limitHeaders({ daily, burst }: ShownLimits, now: Date): [string, string][] {
  const policies: string[] = []
  const limits: string[] = []
  const add = (name: string, { limit, remaining, resetsAt }: ShownLimit, windowSeconds: number) => {
    policies.push(`"${name}";q=${limit};w=${windowSeconds}`)
    limits.push(`"${name}";r=${remaining};t=${secondsUntil(resetsAt, now)}`)
  }
  const headers: [string, string][] = []
  if (daily) {
    add('daily', daily, DAY_S)
    headers.push(
      ['X-RateLimit-Limit', String(daily.limit)],
      ['X-RateLimit-Remaining', String(daily.remaining)],
      ['X-RateLimit-Reset', daily.resetsAt.toISOString()],
    )
  }
  if (burst) add('burst', burst, BURST_S)
  if (limits.length > 0) {
    headers.push(['RateLimit-Policy', policies.join()], ['RateLimit', limits.join()])
  }
  return headers
}

/** The next 00:00 UTC. */
export const nextDay = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
