import { z } from 'zod'
import { AppError } from '@upscale/types'

const REASON_MAX = 300 // a sentence or two; it also stands in the memo of a run, which holds 2 kB
const ACTOR_MAX = 60 // a name; it also stands in the summary of a run, which holds 400 bytes

/** A text for people: trimmed, not empty, storable. The sentence is what one that is not hears. */
export const textField = (max: number, sentence: string) =>
  z
    .string({ error: sentence })
    .trim()
    .min(1, sentence)
    .max(max, sentence)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), sentence)

/** Who and why: part of each request that changes something. */
export const because = {
  reason: textField(
    REASON_MAX,
    `reason is missing: say in one line why, in at most ${REASON_MAX} characters`,
  ),
  actor: textField(
    ACTOR_MAX,
    `actor is missing: say in one line who you are, in at most ${ACTOR_MAX} characters`,
  ),
}

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
