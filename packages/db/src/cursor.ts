import { AppError } from '@upscale/types'

/** The place of a row in its order, as the text that a client sends back for the next page. */
export const encodeCursor = (place: readonly (string | bigint)[]): string =>
  Buffer.from(JSON.stringify(place.map(String))).toString('base64url')

/** The texts that `encodeCursor` took; a foreign cursor is an `INVALID_PARAMETER`. */
export function decodeCursor(cursor: string, shape: readonly RegExp[]): string[] {
  const place = parsed(Buffer.from(cursor, 'base64url').toString())
  const fits =
    Array.isArray(place) &&
    place.length === shape.length &&
    shape.every((pattern, i) => typeof place[i] === 'string' && pattern.test(place[i]))
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
