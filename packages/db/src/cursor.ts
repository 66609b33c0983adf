import { AppError } from '@upscale/types'

/** What a text of a cursor has to be: a pattern fits, or a rule. */
export interface CursorText {
  test(text: string): boolean
}

/** A time as `toISOString` writes those of our era: the database knows no other year, and no 31 February. */
export const CURSOR_TIME: CursorText = {
  test: (text) => /^(?!0000)\d{4}-/.test(text) && isWritten(text),
}

function isWritten(text: string): boolean {
  const at = new Date(text)
  return !Number.isNaN(at.getTime()) && at.toISOString() === text
}

/** The place of a row in its order, as the text that a client sends back for the next page. */
export const encodeCursor = (place: readonly (string | bigint)[]): string =>
  Buffer.from(JSON.stringify(place.map(String))).toString('base64url')

/** The texts that `encodeCursor` took; a foreign cursor is an `INVALID_PARAMETER`. */
export function decodeCursor(cursor: string, shape: readonly CursorText[]): string[] {
  const place = parsed(Buffer.from(cursor, 'base64url').toString())
  const fits =
    Array.isArray(place) &&
    place.length === shape.length &&
    shape.every((rule, i) => typeof place[i] === 'string' && rule.test(place[i]))
  if (fits) return place
  throw new AppError(
    'INVALID_PARAMETER',
    'cursor is not valid: send next_cursor of the page before, or none for the first page',
    { param: 'cursor' },
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
