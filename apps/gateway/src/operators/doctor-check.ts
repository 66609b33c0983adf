import { setTimeout as sleep } from 'node:timers/promises'
import { scrub } from '@upscale/runtime'
import type { DoctorCheck } from '@upscale/types'

/** One part and how to look at it; a part may have several things to say. */
export interface Check {
  part: string
  /** Throws where the part does not answer. */
  look: () => Promise<DoctorCheck[]>
  /** What to do where it does not. */
  fix: string
}

/** How long the whole look may take. */
export const DEADLINE_MS = 3_000

export const healthy = (part: string, says: string): DoctorCheck => ({
  part,
  ok: true,
  says,
  fix: null,
})

export const ill = (part: string, says: string, fix: string): DoctorCheck => ({
  part,
  ok: false,
  says,
  fix,
})

/** What a part says; one that fails or is too slow is ill. Never throws. */
export async function lookAt({ part, look, fix }: Check): Promise<DoctorCheck[]> {
  const inTime = new AbortController()
  try {
    return await Promise.race([look(), tooLate(inTime.signal)])
  } catch (error) {
    return [ill(part, `does not answer: ${reasonOf(error)}`, fix)]
  } finally {
    inTime.abort()
  }
}

async function tooLate(inTime: AbortSignal): Promise<never> {
  await sleep(DEADLINE_MS, undefined, { signal: inTime })
  throw new Error(`nothing within ${DEADLINE_MS / 1_000} s`)
}

const MAX_REASON = 200

/** First line of what went wrong; the cause says more where our own error only says "try again". */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const [line = ''] = String(cause instanceof Error ? cause.message : cause).split('\n')
  return scrub(line).slice(0, MAX_REASON)
}
