import {
  UPSCALE_FACTORS,
  isAccountId,
  isCustomerId,
  isTaskId,
  isUpscaleFactor,
} from '@upscale/types'
import type { AccountId, CustomerId, TaskId, UpscaleFactor } from '@upscale/types'
import { usageProblem } from './problem.ts'

/** What a person typed, as the type it has to be. Each throws one sentence that says what to write. */

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/
const CUSTOMER_FORM = '1 to 64 letters, digits, _ or -'

export function readTaskId(text: string): TaskId {
  if (isTaskId(text)) return text
  throw usageProblem(
    `"${text}" is not a task id, which is task_ and 16 to 40 letters or digits: \`ops find\` finds tasks by other ids.`,
  )
}

export function readCustomerId(text: string): CustomerId {
  if (isCustomerId(text)) return text
  const [customer = ''] = text.split(':')
  throw usageProblem(
    isAccountId(text)
      ? `${text} is an account, but a customer is asked for: write ${customer}.`
      : `"${text}" is not a customer id, which is ${CUSTOMER_FORM}.`,
  )
}

export function readAccountId(text: string): AccountId {
  if (isAccountId(text)) return text
  throw usageProblem(
    isCustomerId(text)
      ? `${text} is a customer with two accounts: write ${text}:live or ${text}:test.`
      : `"${text}" is not an account: write <customer>:live or <customer>:test, the customer being ${CUSTOMER_FORM}.`,
  )
}

export function readFactor(text: string): UpscaleFactor {
  if (isUpscaleFactor(text)) return text
  throw usageProblem(`The factor is one of ${UPSCALE_FACTORS.join(', ')}, not "${text}".`)
}

/** Credits that are granted. */
export const readCredits = (text: string): number => readWhole('The number of credits', text, 1)

/** Credits of a correction, of either sign. */
export function readDelta(text: string): number {
  const delta = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(delta) && delta !== 0) return delta
  throw usageProblem(
    `A correction is a whole number of credits such as +50 or -50, not 0 and at most 2^53−1, not "${text}".`,
  )
}

/** A whole number from `least` to 2^53−1; `what` begins the sentence of a refusal. */
export function readWhole(what: string, text: string, least: number, most?: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  const highest = most ?? Number.MAX_SAFE_INTEGER
  if (Number.isSafeInteger(value) && value >= least && value <= highest) return value
  throw usageProblem(
    `${what} is a whole number from ${least} to ${most ?? '2^53−1'}, not "${text}".`,
  )
}

/** ISO 8601 with its time zone, or a day in UTC; answered in UTC. */
export function readInstant(text: string): string {
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw usageProblem(
    `"${text}" is not a time with its zone: write it as 2027-01-31T00:00:00Z, or the day 2027-01-31 in UTC.`,
  )
}

/** A text that has to say something, such as a reason or a payment id. */
export function readText(missing: string, text: string | undefined): string {
  const said = text?.trim()
  if (said) return said
  throw usageProblem(missing)
}
