import { z } from 'zod'
import { scrub } from '@upscale/runtime'
import { AppError } from '@upscale/types'

const REASON_MAX = 300 // a sentence or two; it also stands in the memo of a run, which holds 2 kB
const ACTOR_MAX = 60 // a name; it also stands in the summary of a run, which holds 400 bytes

const VISIBLE = /[^\p{C}\p{Z}]/u

/**
 * One line for people: trimmed, without secrets, storable, with something to see in it. `missing` is what
 * one hears who says nothing.
 */
export const textField = (name: string, max: number, missing: string) =>
  z
    .string({ error: missing })
    .trim()
    .refine((text) => VISIBLE.test(text), { error: missing, abort: true })
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), {
      error: `${name} has characters that no line can hold, such as a line break: write it in one line`,
      abort: true,
    })
    .transform(scrub)
    .refine((text) => text.length <= max, `${name} is longer than ${max} characters`)

/** Who and why: part of each request that changes something. */
export const because = {
  reason: textField(
    'reason',
    REASON_MAX,
    `reason is missing: say in one line why, in at most ${REASON_MAX} characters`,
  ),
  actor: textField(
    'actor',
    ACTOR_MAX,
    `actor is missing: say in one line who you are, in at most ${ACTOR_MAX} characters`,
  ),
}

/** Part of each request that changes something, where it may be tried dry. */
export const asked = { ...because, dryRun: z.boolean().optional() }

/** The input as its schema says, or an `INVALID_PARAMETER` with a sentence about the first wrong field. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const { success, data, error } = schema.safeParse(input)
  if (success) return data
  const [issue] = error.issues
  if (issue?.code === 'unrecognized_keys') {
    const [param] = issue.keys
    throw new AppError('INVALID_PARAMETER', `There is no field ${param} here`, { param })
  }
  const param = issue?.path.join('.') ?? ''
  const isSentence = issue !== undefined && issue.message.startsWith(`${param} `)
  throw new AppError(
    'INVALID_PARAMETER',
    isSentence ? issue.message : `${param} is missing or not valid`,
    { param },
  )
}
