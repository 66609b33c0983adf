import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from './error-code.ts'

const SQLITE_BUSY = 5
const WAIT_MS = 200

/**
 * Takes a lock that the kernel gives back when this process ends, however it ends; null where another
 * process holds it. SQLite's file lock is the one kernel lock that Node offers.
 */
export function tryLock(path: string): Disposable | null {
  mkdirSync(dirname(path), { recursive: true })
  const file = new DatabaseSync(path)
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if (hasCode(error, SQLITE_BUSY)) return null
    throw error
  }
  return { [Symbol.dispose]: () => file.close() }
}

/** Does work while holding the lock; `onWait` is told once where another process has it first. */
export async function withLock<T>(
  path: string,
  options: { onWait?: () => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const { onWait, signal } = options
  for (let first = true; ; first = false) {
    using lock = tryLock(path)
    if (lock) return await work()
    if (first) onWait?.()
    await sleep(WAIT_MS, undefined, signal && { signal })
  }
}
