import { boxesOf } from './boxes.ts'
import type { TopBox } from './boxes.ts'
import { latin1, part, u64 } from './bytes.ts'
import type { HeaderReader } from './byte-source.ts'

export interface SegmentIndex {
  seconds: number
  /** Where the last segment ends in the file. */
  end: number
}

const MAX_INDEX_BYTES = 1_048_576
const TAIL_BYTES = 8192 // holds the whole index of most files

/** What a `sidx` box says of its track; undefined for another track's. */
export async function readSegmentIndex(
  headers: HeaderReader,
  trackId: number,
  box: TopBox,
): Promise<SegmentIndex | undefined> {
  if (box.end === undefined || box.end - box.body > MAX_INDEX_BYTES) return undefined
  const sidx = await headers.exactly(box.body, box.end - box.body)
  const timescale = sidx.getUint32(8)
  if (sidx.getUint32(4) !== trackId || timescale === 0) return undefined
  const long = sidx.getUint8(0) === 1
  let end = box.end + (long ? u64(sidx, 20) : sidx.getUint32(16))
  let ticks = 0
  for (let at = long ? 32 : 24; at + 12 <= sidx.byteLength; at += 12) {
    end += sidx.getUint32(at) & 0x7fffffff
    ticks += sidx.getUint32(at + 4)
  }
  return { seconds: ticks / timescale, end }
}

/** Offset of the last fragment that `mfra`, the index at the end of the file, names for the track. */
export async function lastFragmentStart(
  headers: HeaderReader,
  trackId: number,
): Promise<number | undefined> {
  const size = headers.size()
  if (size === undefined || size < 24) return undefined
  await headers.upTo(Math.max(0, size - TAIL_BYTES), TAIL_BYTES)
  const mfro = await headers.exactly(size - 16, 16)
  if (latin1(mfro, 4, 4) !== 'mfro') return undefined
  const length = mfro.getUint32(12)
  if (length < 24 || length > Math.min(size, MAX_INDEX_BYTES)) return undefined
  const mfra = part(await headers.exactly(size - length, length), 8)
  const offsets = boxesOf(mfra, 'tfra').map((tfra) => lastEntry(tfra, trackId))
  return offsets.find((offset) => offset !== undefined)
}

function lastEntry(tfra: DataView, trackId: number): number | undefined {
  if (tfra.getUint32(4) !== trackId) return undefined
  const long = tfra.getUint8(0) === 1
  const lengths = tfra.getUint32(8)
  const numbers = [lengths >> 4, lengths >> 2, lengths].map((bits) => (bits & 3) + 1)
  const entryBytes = numbers.reduce((sum, bytes) => sum + bytes, long ? 16 : 8)
  const entries = Math.floor((tfra.byteLength - 16) / entryBytes)
  if (entries < 1) return undefined
  const at = 16 + (entries - 1) * entryBytes
  return long ? u64(tfra, at + 8) : tfra.getUint32(at + 4)
}
