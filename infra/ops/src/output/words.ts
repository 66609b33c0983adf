import { plainText } from './plain-text.ts'

/** `99,904`; a minus as wide as a plus. */
export const count = (value: number): string =>
  `${value < 0 ? '−' : ''}${Math.abs(value).toLocaleString('en-US')}`

/** `+96`, `−96` and `0`. */
export const signed = (value: number): string => (value > 0 ? `+${count(value)}` : count(value))

/** `1 credit`, `2 credits` */
export const many = (value: number, one: string): string =>
  `${count(value)} ${one}${value === 1 ? '' : 's'}`

/** ISO 8601 to the second, UTC: `2026-11-24 12:01:03Z`. */
export const when = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')}Z`

/** The same to the millisecond. */
export const whenExactly = (iso: string): string => iso.replace('T', ' ')

/** Millionths of a US dollar as dollars: `$0.096`, at least two decimals. */
export const dollars = (micros: number): string =>
  `$${(micros / 1e6).toFixed(6).replace(/0{1,4}$/, '')}`

/** What stands where there is nothing. */
export const NONE = '–'

/** Text of others as one line that ends in a full stop. */
export const sentence = (text: string): string => {
  const line = plainText(text)
  return /[.!?]$/.test(line) ? line : `${line}.`
}
