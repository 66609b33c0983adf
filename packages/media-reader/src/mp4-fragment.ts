import { boxAt, boxesOf } from './boxes.ts'
import type { TopBox } from './boxes.ts'
import { u64 } from './bytes.ts'
import type { HeaderReader } from './byte-source.ts'
import { sampleTimes } from './sample-runs.ts'
import type { SampleRun } from './sample-runs.ts'

export interface FragmentedTrack {
  id: number
  timescale: number
  /** Sample length where a fragment does not say, ticks. */
  defaultDelta: number
  /** Where the next fragment begins if it does not say; undefined: unknown. */
  decodeStart: number | undefined
}

/** A track's part of one fragment, times in ticks of its clock. */
export interface Fragment {
  start: number
  end: number
  decodeEnd: number
  fps: number
  vfr: boolean
}

const MAX_MOOF_BYTES = 1_048_576 // 60 s of 120 fps in one fragment takes 115 kB

/** The track's part of a `moof`; undefined where it has none, or where its time is not known. */
export async function readFragment(
  headers: HeaderReader,
  track: FragmentedTrack,
  box: TopBox,
): Promise<Fragment | undefined> {
  if (box.end === undefined || box.end - box.body > MAX_MOOF_BYTES) return undefined
  const moof = await headers.exactly(box.body, box.end - box.body)
  const { count, start, end, steadyDelta, decodeStart, decodeEnd } = sampleTimes(
    fragmentRuns(moof, track),
  )
  if (count === 0) return undefined
  const delta = steadyDelta ?? (decodeEnd - decodeStart) / count
  return { start, end, decodeEnd, fps: track.timescale / delta, vfr: steadyDelta === undefined }
}

function* fragmentRuns(moof: DataView, track: FragmentedTrack): Generator<SampleRun> {
  let at = track.decodeStart
  for (const traf of boxesOf(moof, 'traf')) {
    const tfhd = boxAt(traf, 'tfhd')
    if (!tfhd || tfhd.getUint32(4) !== track.id) continue
    at = decodeTime(boxAt(traf, 'tfdt')) ?? at
    if (at === undefined) return
    const defaultDelta = fragmentDelta(tfhd) ?? track.defaultDelta
    for (const trun of boxesOf(traf, 'trun')) {
      for (const run of trackRun(trun, defaultDelta, at)) {
        yield run
        at = run.at + run.count * run.delta
      }
    }
  }
}

const decodeTime = (tfdt: DataView | undefined): number | undefined =>
  tfdt && (tfdt.getUint8(0) === 1 ? u64(tfdt, 4) : tfdt.getUint32(4))

/** The sample length that a fragment sets for all its samples, behind the optional fields before it. */
function fragmentDelta(tfhd: DataView): number | undefined {
  const flags = tfhd.getUint32(0)
  if ((flags & 0x8) === 0) return undefined
  return tfhd.getUint32(8 + ((flags & 0x1) === 0 ? 0 : 8) + ((flags & 0x2) === 0 ? 0 : 4))
}

/** Samples of a `trun`. Its count may claim 2^32; without fields per sample they are one run. */
function* trackRun(trun: DataView, defaultDelta: number, start: number): Generator<SampleRun> {
  const flags = trun.getUint32(0)
  const count = trun.getUint32(4)
  const has = (flag: number) => ((flags & flag) === 0 ? 0 : 4)
  const entryBytes = has(0x100) + has(0x200) + has(0x400) + has(0x800)
  if (entryBytes === 0) {
    if (count > 0) yield { count, delta: defaultDelta, shift: 0, at: start }
    return
  }
  let at = start
  let entry = 8 + has(0x1) + has(0x4)
  for (let sample = 0; sample < count; sample++, entry += entryBytes) {
    const delta = has(0x100) ? trun.getUint32(entry) : defaultDelta
    const shift = has(0x800) ? trun.getInt32(entry + entryBytes - 4) : 0
    yield { count: 1, delta, shift, at }
    at += delta
  }
}
