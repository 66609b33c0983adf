import { latin1, part, u64 } from './bytes.ts'
import type { HeaderReader } from './byte-source.ts'
import { damaged, truncated } from './refusals.ts'

/** An MP4 box in memory; `body` is what stands behind its header. */
export interface Box {
  type: string
  body: DataView
}

const MAX_CHILDREN = 4096 // a movie has a dozen, each track another dozen

/** The boxes, or those of one type, that stand in a view one after another; a wrong size is damage. */
export function* boxesIn(view: DataView, wanted?: string): Generator<Box> {
  let at = 0
  for (let count = 0; at + 8 <= view.byteLength; count++) {
    if (count === MAX_CHILDREN) throw damaged()
    const { type, headBytes, size } = headOf(view, at)
    const end = at + (size ?? view.byteLength - at)
    if (end > view.byteLength) throw damaged()
    if (type === (wanted ?? type)) yield { type, body: part(view, at + headBytes, end) }
    at = end
  }
}

export const boxesOf = (view: DataView, type: string): DataView[] =>
  Array.from(boxesIn(view, type), ({ body }) => body)

/** The first box at a path such as `mdia/minf/stbl`. */
export function boxAt(view: DataView, path: string): DataView | undefined {
  let found: DataView | undefined = view
  for (const type of path.split('/')) found = found && boxesOf(found, type)[0]
  return found
}

/** A box at the top of the file, known by its header alone. */
export interface TopBox {
  type: string
  start: number
  body: number
  /** Undefined: up to an end of the file that nobody knows. */
  end: number | undefined
}

/**
 * The top-level box at `start`, or undefined at the end of the file. `ahead`: bytes to fetch at once
 * where they are not here yet. `source_truncated` where the box ends behind the file.
 */
export async function topBoxAt(
  headers: HeaderReader,
  start: number,
  ahead = 16,
): Promise<TopBox | undefined> {
  const head = await headers.upTo(start, headers.holds(start, 16) ? 16 : ahead)
  if (head.byteLength < 8) return undefined
  const { type, headBytes, size } = headOf(head, 0)
  const fileSize = headers.size()
  const end = size === undefined ? fileSize : start + size
  if (end !== undefined && fileSize !== undefined && end > fileSize) throw truncated()
  return { type, start, body: start + headBytes, end }
}

/** Type and lengths of the box that begins at a place; size undefined: it reaches to the end. */
function headOf(
  view: DataView,
  at: number,
): { type: string; headBytes: number; size: number | undefined } {
  const short = view.getUint32(at)
  const headBytes = short === 1 ? 16 : 8
  const size = short === 1 ? u64(view, at + 8) : short
  if (size !== 0 && size < headBytes) throw damaged()
  return { type: latin1(view, at + 4, 4), headBytes, size: size === 0 ? undefined : size }
}
