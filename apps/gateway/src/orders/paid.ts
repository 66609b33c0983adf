import type { MediaFacts, Price } from '@upscale/types'

/** What a task was made of and cost, as its create answer says. */
export type Paid = { media: MediaFacts } & Omit<Price, 'debitId'>

type Facts = { [Name in keyof Paid]: Paid[Name] | null }

/** Undefined: not all is recorded; its workflow has the answer. */
export const paidFrom = ({
  media,
  creditsUsed,
  creditsRemaining,
  creditsPerSecond,
}: Facts): Paid | undefined =>
  media && creditsUsed !== null && creditsRemaining !== null && creditsPerSecond !== null
    ? { media, creditsUsed, creditsRemaining, creditsPerSecond }
    : undefined
