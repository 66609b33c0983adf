import { viewOf } from './bytes.ts'
import { noDuration, truncated } from './refusals.ts'

/** A file behind a connection or on disk. */
export interface ByteSource {
  /** Whole size in bytes; undefined while nobody has said it. */
  readonly size: number | undefined
  /** Bytes from `offset`; fewer than `length` only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A source with a memory and a budget: headers lie close together, and each read costs a round trip. */
export interface HeaderReader {
  size(): number | undefined
  /** Reads that the budget still allows. */
  readsLeft(): number
  /** Whether the bytes are here already. */
  holds(offset: number, length: number): boolean
  /** Bytes from `offset`, fewer at the end of the file. */
  upTo(offset: number, length: number): Promise<DataView>
  /** Exactly these bytes, or `source_truncated`. */
  exactly(offset: number, length: number): Promise<DataView>
}

export const FIRST_READ_BYTES = 65_536
const MAX_READS = 16 // an honest file needs 1 to 4, a fragmented one without an index up to 14
const MAX_BYTES = 16 * 1_048_576 // two of the largest movie headers

export function openHeaders(source: ByteSource): HeaderReader {
  const kept: { offset: number; bytes: Uint8Array }[] = []
  let reads = 0
  let total = 0

  const clip = (offset: number, length: number) =>
    source.size === undefined ? length : Math.max(0, Math.min(length, source.size - offset))

  const find = (offset: number, length: number) =>
    kept.find((at) => at.offset <= offset && offset + length <= at.offset + at.bytes.byteLength)

  const fetch = async (offset: number, length: number) => {
    reads += 1
    total += length
    if (reads > MAX_READS || total > MAX_BYTES) {
      throw noDuration('the headers of the file are too large or too scattered to read')
    }
    const piece = { offset, bytes: await source.read(offset, length) }
    kept.push(piece)
    return piece
  }

  const upTo = async (offset: number, wanted: number) => {
    const length = clip(offset, wanted)
    if (length === 0) return viewOf(new Uint8Array())
    const piece = find(offset, length) ?? (await fetch(offset, length))
    return viewOf(piece.bytes.subarray(offset - piece.offset, offset - piece.offset + length))
  }

  return {
    size: () => source.size,
    readsLeft: () => MAX_READS - reads,
    holds: (offset, length) => find(offset, clip(offset, length)) !== undefined,
    upTo,
    async exactly(offset, length) {
      const view = await upTo(offset, length)
      if (view.byteLength < length) throw truncated()
      return view
    },
  }
}
