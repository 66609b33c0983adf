import { z } from 'zod'

/** A whole number in this range; whatever else it is, the refusal says the range. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const range = `must be a whole number from ${min} to ${max}`
  return z.number(range).int(range).min(min, range).max(max, range)
}
