import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 200

/** A read that goes on while its server is down. */
export async function patiently<T>(read: () => Promise<T>, limitMs = 30_000): Promise<T> {
  for (const deadline = Date.now() + limitMs; ;) {
    try {
      return await read()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(EVERY_MS)
    }
  }
}

/** Asks until the answer is there; what throws has no answer yet. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { limitMs = 60_000, everyMs = 50 } = {},
): Promise<T> {
  for (const deadline = Date.now() + limitMs; ;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`After ${limitMs / 1000} s still not: ${what}`)
    await sleep(everyMs)
  }
}
