import { z } from 'zod'

const LONGEST_S = 60

/** Request headers of what may wait for the end of a task. */
export const PreferHeaders = z.object({
  prefer: z
    .string()
    .optional()
    .describe(
      '`wait=N`: answer when the task has ended, or after N seconds, 1 to 60; a longer wait is cut to 60, and one that cannot be read is ignored. The status code stays the same.',
    ),
})

/**
 * Seconds of `Prefer: wait=N` (RFC 7240), 1 to 60; a longer wait is cut to 60. Undefined: none is asked for,
 * or it cannot be read. Of several the first counts.
 */
export function waitSecondsIn(prefer: string | string[] | undefined): number | undefined {
  const preferences = [prefer ?? []].flat().join(',').split(',')
  for (const preference of preferences) {
    const [first = ''] = preference.split(';', 1) // what follows are its parameters: wait has none
    const [name = '', ...value] = first.split('=')
    if (name.trim().toLowerCase() === 'wait') return secondsFrom(value.join('=').trim())
  }
  return undefined
}

function secondsFrom(value: string): number | undefined {
  const [, , digits] = /^("?)(\d+)\1$/.exec(value) ?? []
  const seconds = Number(digits ?? 0)
  return seconds >= 1 ? Math.min(seconds, LONGEST_S) : undefined
}
