import type { GrantView } from '@upscale/types'
import { count } from './words.ts'

/** A key that was used before moves nothing: nobody must take that for a second booking. */
export const bookedBefore = (key: string, { replay, balance }: GrantView): string | undefined =>
  replay
    ? `${key} was booked before, nothing moved; the balance after it was ${count(balance)}: give another payment its own --key.`
    : undefined
