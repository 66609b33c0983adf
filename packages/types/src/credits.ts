/**
 * Credits as a JSON number. Throws a RangeError where the number would not be exact: the ledger's own
 * constraint keeps every balance below that.
 */
export function toCredits(credits: bigint): number {
  const value = Number(credits)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${credits} credits do not fit a number`)
  return value
}

/** Whole seconds that a duration is billed as. */
export const billedSeconds = (durationMs: number): number => Math.ceil(durationMs / 1000)
