import type { AccountId } from '@upscale/types'
import { tooManyOpen } from '../limits/rate-limited.ts'

const MOST = 20 // of an account and process: each takes a connection and up to 100 MB of disk

export type RunningPuts = <T>(accountId: AccountId, work: () => Promise<T>) => Promise<T>

/** Counts the files that are on their way to this process. Throws RATE_LIMITED. */
export function createRunningPuts(): RunningPuts {
  const running = new Map<AccountId, number>()
  return async (accountId, work) => {
    const before = running.get(accountId) ?? 0
    if (before >= MOST) {
      const limit = `${MOST} uploads at the same time`
      throw tooManyOpen({ limit, remedy: 'Wait until one has ended', key: 'too_many_uploads' })
    }
    running.set(accountId, before + 1)
    try {
      return await work()
    } finally {
      const left = (running.get(accountId) ?? 1) - 1
      if (left > 0) running.set(accountId, left)
      else running.delete(accountId)
    }
  }
}
