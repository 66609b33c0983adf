import { topBoxAt } from './boxes.ts'
import type { TopBox } from './boxes.ts'
import type { HeaderReader } from './byte-source.ts'
import { readFragment } from './mp4-fragment.ts'
import type { FragmentedTrack } from './mp4-fragment.ts'
import { lastFragmentStart, readSegmentIndex } from './mp4-index.ts'
import type { SegmentIndex } from './mp4-index.ts'

/** What fragments tell of one track, times in ticks of its clock. */
export interface FragmentTimes {
  /** Presentation time of the first sample. */
  start: number
  /** Behind the last sample; undefined where no way leads to the last fragment. */
  end: number | undefined
  fps: number
  vfr: boolean
}

const MAX_FRAGMENTS = 12 // each costs a round trip
const FRAGMENT_READ_BYTES = 8192 // a fragment's header, and the one of the `mdat` behind it
const TAILS_BYTES = [256 * 1024, 2 * 1024 * 1024]
const MOOF_MFHD = Buffer.from('moof\0\0\0\x10mfhd', 'latin1')

/**
 * Times of a track whose fragments begin behind `from`, the end of the movie header. The last fragment
 * is found by `sidx`, else by `mfra`, else in the last bytes of the file, else by walking there.
 * Undefined where there is no fragment of the track.
 */
export async function fragmentTimes(
  headers: HeaderReader,
  track: FragmentedTrack,
  from: number,
): Promise<FragmentTimes | undefined> {
  const front = await readFront(headers, track, from)
  if (!front) return undefined
  const { index, first, firstAt } = front
  const times = { start: first.start, fps: first.fps, vfr: first.vfr }
  if (index && (await endsAt(headers, index.end))) {
    return { ...times, end: first.start + index.seconds * track.timescale }
  }
  const end =
    (await endFrom(headers, track, await lastFragmentStart(headers, track.id))) ??
    (await endFrom(headers, track, await fragmentInTail(headers))) ??
    (await endFrom(headers, track, firstAt))
  return { ...times, end }
}

/** The track's index and its first fragment, among the boxes behind the movie header. */
async function readFront(headers: HeaderReader, track: FragmentedTrack, from: number) {
  let index: SegmentIndex | undefined
  let at: number | undefined = from
  for (let count = 0; at !== undefined && count < MAX_FRAGMENTS; count++) {
    const box: TopBox | undefined = await topBoxAt(headers, at, FRAGMENT_READ_BYTES)
    if (!box) return undefined
    if (box.type === 'sidx') index ??= await readSegmentIndex(headers, track.id, box)
    const first = box.type === 'moof' && (await readFragment(headers, track, box))
    if (first) return { index, first, firstAt: at }
    at = box.end
  }
  return undefined
}

/** Whether no further fragment stands at `at`: a live file's index may be older than its end. */
async function endsAt(headers: HeaderReader, at: number): Promise<boolean> {
  const next = await topBoxAt(headers, at)
  return !next || next.type === 'mfra'
}

/** Where a fragment begins among the last bytes of the file, so that few lie between it and the end. */
async function fragmentInTail(headers: HeaderReader): Promise<number | undefined> {
  const size = headers.size()
  if (size === undefined) return undefined
  for (const tail of TAILS_BYTES) {
    const start = Math.max(0, size - tail)
    const view = await headers.upTo(start, tail)
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength)
    let at = bytes.length
    for (let found = 0; found < MAX_FRAGMENTS; found++) {
      const before = bytes.lastIndexOf(MOOF_MFHD, at - 1)
      if (before < 4) break
      at = before
    }
    if (at < bytes.length) return start + at - 4
  }
  return undefined
}

/** Behind the track's last sample from the fragment at `from` on, if the walk reaches the end. */
async function endFrom(
  headers: HeaderReader,
  track: FragmentedTrack,
  from: number | undefined,
): Promise<number | undefined> {
  let end: number | undefined
  let decodeStart: number | undefined
  let at = from
  for (let fragments = 0; at !== undefined && fragments <= MAX_FRAGMENTS;) {
    if (headers.readsLeft() < 2) return undefined
    const box: TopBox | undefined = await topBoxAt(headers, at, FRAGMENT_READ_BYTES)
    if (!box) return end
    if (box.type === 'moof') {
      fragments += 1
      const found = await readFragment(headers, { ...track, decodeStart }, box)
      if (found) end = Math.max(end ?? 0, found.end)
      decodeStart = found?.decodeEnd ?? decodeStart
    }
    at = box.end
  }
  return undefined
}
