import type { HeaderReader } from './byte-source.ts'
import { latin1, part } from './bytes.ts'
import { damaged } from './refusals.ts'

/** An element by its place in the file; `end` undefined: its size was not known when it was written. */
export interface ElementHead {
  id: number
  start: number
  body: number
  end: number | undefined
}

const HEAD_BYTES = 12 // an id takes up to 4 bytes, a size up to 8
const MAX_CHILDREN = 4096 // a track has some twenty elements, a file some ten thousand blocks elsewhere

/** The element at `start`, or undefined at the end of the file. `ahead`: bytes to fetch at once. */
export async function elementAt(
  headers: HeaderReader,
  start: number,
  ahead = HEAD_BYTES,
): Promise<ElementHead | undefined> {
  const view = await headers.upTo(start, headers.holds(start, HEAD_BYTES) ? HEAD_BYTES : ahead)
  if (view.byteLength < 2) return undefined
  const { id, bodyAt, size } = headOf(view, 0)
  const body = start + bodyAt
  return { id, start, body, end: size === undefined ? undefined : body + size }
}

/** Elements that stand in a view one after another; what does not fit is damage. */
export function* elementsIn(view: DataView): Generator<{ id: number; body: DataView }> {
  let at = 0
  for (let count = 0; at < view.byteLength; count++) {
    if (count === MAX_CHILDREN) throw damaged()
    const { id, bodyAt, size } = headOf(view, at)
    const end = bodyAt + (size ?? view.byteLength - bodyAt)
    if (end > view.byteLength) throw damaged()
    yield { id, body: part(view, bodyAt, end) }
    at = end
  }
}

export const elementsOf = (view: DataView, id: number): DataView[] =>
  [...elementsIn(view)].filter((element) => element.id === id).map((element) => element.body)

/** The first element of each id. */
export function fieldsOf(view: DataView): ReadonlyMap<number, DataView> {
  const fields = new Map<number, DataView>()
  for (const { id, body } of elementsIn(view)) if (!fields.has(id)) fields.set(id, body)
  return fields
}

function headOf(view: DataView, at: number): { id: number; bodyAt: number; size?: number } {
  const idBytes = markedLength(view.getUint8(at))
  if (idBytes > 4) throw damaged()
  const sizeAt = at + idBytes
  const sizeBytes = markedLength(view.getUint8(sizeAt))
  const bodyAt = sizeAt + sizeBytes
  const first = view.getUint8(sizeAt) & (0xff >> sizeBytes)
  const size = first * 2 ** (8 * (sizeBytes - 1)) + bigEndian(view, sizeAt + 1, bodyAt)
  const id = bigEndian(view, at, sizeAt)
  return size === 2 ** (7 * sizeBytes) - 1 ? { id, bodyAt } : { id, bodyAt, size }
}

/** Length of a number by the zero bits before its first one bit. */
function markedLength(first: number): number {
  if (first === 0) throw damaged()
  return Math.clz32(first) - 23
}

function bigEndian(view: DataView, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 256 + view.getUint8(at)
  return value
}

/** An unsigned number; an empty element is 0, a missing one the fallback. */
export function uintOf(view: DataView | undefined, fallback: number): number {
  if (!view) return fallback
  if (view.byteLength > 8) throw damaged()
  return bigEndian(view, 0, view.byteLength)
}

/** A float of 4 or 8 bytes; undefined where it is missing. */
export function floatOf(view: DataView | undefined): number | undefined {
  if (!view) return undefined
  if (view.byteLength === 0) return 0
  return view.byteLength === 4 ? view.getFloat32(0) : view.getFloat64(0)
}

/** Text up to its padding of zero bytes. */
export const textOf = (view: DataView | undefined): string | undefined =>
  view && latin1(view, 0, Math.min(view.byteLength, 64)).replace(/\0.*$/, '')
