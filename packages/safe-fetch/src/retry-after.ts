import type { Headers } from './headers.ts'

const HTTP_DATE = /^[A-Z][a-z]{2}, .+ GMT$/

/** Seconds that the answer asks to wait, from a number or a date; undefined where it does not say. */
export function retryAfterSecondsOf(headers: Headers, nowMs: number): number | undefined {
  const text = headers['retry-after']
  if (typeof text !== 'string') return undefined
  if (/^ *\d{1,9} *$/.test(text)) return Number(text)
  const at = HTTP_DATE.test(text) ? Date.parse(text) : NaN // the parser alone reads almost anything as a date
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1000))
}
