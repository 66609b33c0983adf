import type { AccountId } from '@upscale/types'

/** Tokens that this process may give out until their window ends. */
export interface Lease {
  tokens: number
  /** What the window has left for other leases. */
  left: number
  /** End of the window by the database's clock. */
  endsAt: Date
  /** How far away that is. */
  leftMs: number
}

export type LeaseTokens = (accountId: AccountId, wanted: number) => Promise<Lease>

/** What became of a request, and what the window has left for others. */
export interface Taken {
  isTaken: boolean
  remaining: number
  endsAt: Date
  leftMs: number
}

export type BurstLimit = (accountId: AccountId) => Promise<Taken>

interface Held {
  tokens: number
  left: number
  endsAt: Date
  /** By the clock of this process, which never jumps. */
  endsAtMs: number
  waiting: number
  leasing: Promise<void> | undefined
}

const FEW_SHARE = 1 / 4 // of a lease: then the next one is asked for
const MAX_ACCOUNTS = 10_000 // who is forgotten leases anew

/**
 * Counts requests per account in fixed windows that all gateways share: each leases tokens and gives them out
 * by itself, and leases more before they are used up. One lease of an account is under way at a time, for all
 * who wait. Throws what `lease` throws.
 */
export function createBurstLimit(
  lease: LeaseTokens,
  leaseSize = 1,
  now: () => number = () => performance.now(),
): BurstLimit {
  const accounts = new Map<AccountId, Held>()
  const fewTokens = Math.floor(leaseSize * FEW_SHARE) // a limit that leases one at a time stays exact

  function heldBy(accountId: AccountId): Held {
    const known = accounts.get(accountId)
    if (known) return known
    const [oldest] = accounts.keys()
    if (accounts.size >= MAX_ACCOUNTS && oldest !== undefined) accounts.delete(oldest)
    const held = { ...NOTHING }
    accounts.set(accountId, held)
    return held
  }

  async function leaseFor(accountId: AccountId, held: Held): Promise<void> {
    await Promise.resolve() // who waits at the same moment is counted
    try {
      const given = await lease(accountId, Math.max(leaseSize, held.waiting))
      const isSameWindow = given.endsAt.getTime() === held.endsAt.getTime()
      held.tokens = given.tokens + (isSameWindow ? held.tokens : 0)
      held.left = given.left
      held.endsAt = given.endsAt
      held.endsAtMs = now() + given.leftMs // never before the window's end
    } finally {
      held.leasing = undefined
    }
  }

  /** Nobody waits for it; who needs what did not come asks anew. */
  function leaseAhead(accountId: AccountId, held: Held): void {
    held.leasing ??= leaseFor(accountId, held)
    held.leasing.catch(() => undefined)
  }

  return async (accountId) => {
    const held = heldBy(accountId)
    for (;;) {
      const leftMs = held.endsAtMs - now()
      if (leftMs > 0 && (held.tokens > 0 || held.left === 0)) {
        const isTaken = held.tokens > 0
        if (isTaken) held.tokens -= 1
        if (held.left > 0 && held.tokens < fewTokens) leaseAhead(accountId, held)
        return { isTaken, remaining: held.tokens + held.left, endsAt: held.endsAt, leftMs }
      }
      held.waiting += 1
      try {
        held.leasing ??= leaseFor(accountId, held)
        await held.leasing
      } finally {
        held.waiting -= 1
      }
    }
  }
}

const NOTHING: Held = {
  tokens: 0,
  left: 0,
  endsAt: new Date(0),
  endsAtMs: -Infinity,
  waiting: 0,
  leasing: undefined,
}
