import { likingOf } from './accept.ts'

/**
 * Whether an `Accept` header likes `application/problem+json` better than `application/json`; in a tie,
 * with wildcards or without the header the envelope is sent.
 */
export const prefersProblem = (accept: string | undefined): boolean =>
  accept !== undefined &&
  likingOf('application/problem+json', accept).quality >
    likingOf('application/json', accept).quality
