import type { AccountId } from '@upscale/types'

/** Calls on one account wait for each other here: a customer's burst leaves the connections to the others. */
export interface AccountQueue {
  /** Makes the call when those before it are done; throws `CallTooLate` where that took too long. */
  run<Answer>(accountId: AccountId, call: () => Promise<Answer>): Promise<Answer>
  /** Calls that wait now. */
  readonly waiting: number
}

/** Its caller has given up by now: the call was never sent. */
export class CallTooLate extends Error {
  override readonly name = 'CallTooLate'
}

/**
 * One call per account in flight, the others in the order in which they came. For fairness alone: what is
 * right is decided by the database, where other processes race. `patienceMs` is how long a caller waits.
 */
export function createAccountQueue(
  patienceMs: number,
  now = () => performance.now(),
): AccountQueue {
  const last = new Map<AccountId, Promise<void>>()
  let waiting = 0

  async function untilMyTurn(before: Promise<void>): Promise<void> {
    const cameAt = now()
    waiting += 1
    await before
    waiting -= 1
    if (now() - cameAt > patienceMs) throw new CallTooLate()
  }

  return {
    async run(accountId, call) {
      const before = last.get(accountId)
      const { promise: turn, resolve } = Promise.withResolvers<void>()
      last.set(accountId, turn)
      const endTurn = () => {
        if (last.get(accountId) === turn) last.delete(accountId)
        resolve()
      }
      let hangs: NodeJS.Timeout | undefined
      try {
        if (before) await untilMyTurn(before)
        hangs = setTimeout(endTurn, patienceMs) // no answer: its caller is gone, and the next one may go
        return await call()
      } finally {
        clearTimeout(hangs)
        endTurn()
      }
    },
    get waiting() {
      return waiting
    },
  }
}
