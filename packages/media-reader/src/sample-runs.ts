import { damaged } from './refusals.ts'

/** Samples in a row with the same length and the same shift between decoding and showing, in ticks. */
export interface SampleRun {
  count: number
  delta: number
  shift: number
  /** Decode time of the first one. */
  at: number
}

export interface SampleTimes {
  count: number
  /** Decode times: of the first sample, and behind the last one. */
  decodeStart: number
  decodeEnd: number
  /** Presentation times: of the earliest sample, and behind the latest one. */
  start: number
  end: number
  /** The one sample length, the last sample left out; undefined where there are several. */
  steadyDelta: number | undefined
}

interface Entry {
  count: number
  value: number
}

/** Time-to-sample and shift tables as runs. Never expanded: a count may claim 2^32 samples. */
export function* sampleRuns(stts: DataView, ctts: DataView | undefined): Generator<SampleRun> {
  const shifts: Iterator<Entry, undefined> = ctts ? entriesOf(ctts) : [].values()
  let shift: Entry = { count: 0, value: 0 }
  let at = 0
  for (const { count, value: delta } of entriesOf(stts)) {
    for (let left = count; left > 0;) {
      if (shift.count === 0) shift = shifts.next().value ?? { count: Infinity, value: 0 }
      const taken = Math.min(left, shift.count)
      if (taken > 0) yield { count: taken, delta, shift: shift.value | 0, at }
      at += taken * delta
      left -= taken
      shift.count -= taken
    }
  }
}

/** Pairs of count and unsigned value; how many there are, the length of the box says. */
function* entriesOf(table: DataView): Generator<Entry, undefined> {
  if (table.getUint32(4) * 8 > table.byteLength - 8) throw damaged()
  for (let at = 8; at + 8 <= table.byteLength; at += 8) {
    const count = table.getUint32(at)
    if (count > 0) yield { count, value: table.getUint32(at + 4) }
  }
}

export function sampleTimes(runs: Iterable<SampleRun>): SampleTimes {
  const times = { count: 0, decodeStart: 0, decodeEnd: 0, start: Infinity, end: 0 }
  const deltas: Entry[] = []
  for (const run of runs) {
    const last = run.at + (run.count - 1) * run.delta
    if (times.count === 0) times.decodeStart = run.at
    times.count += run.count
    times.decodeEnd = last + run.delta
    times.start = Math.min(times.start, run.at + run.shift)
    times.end = Math.max(times.end, last + run.shift + run.delta)
    noteDelta(deltas, run)
  }
  const start = times.count === 0 ? 0 : times.start
  return { ...times, start, steadyDelta: steadyDelta(deltas) }
}

/** Keeps the first delta, and of later ones only what tells whether there are several. */
function noteDelta(deltas: Entry[], { count, delta }: SampleRun): void {
  const last = deltas.at(-1)
  if (last?.value === delta) last.count += count
  else if (deltas.length < 3) deltas.push({ count, value: delta })
}

/** The last sample often has an odd length: nothing follows that would show it. */
function steadyDelta(deltas: Entry[]): number | undefined {
  const [first, second] = deltas
  if (!first || deltas.length > 2) return undefined
  return !second || second.count === 1 ? first.value : undefined
}

/** Samples whose presentation begins in [from, to) ticks. */
export function samplesWithin(runs: Iterable<SampleRun>, from: number, to: number): number {
  let count = 0
  for (const run of runs) {
    const first = run.at + run.shift
    if (run.delta <= 0) count += first >= from && first < to ? run.count : 0
    else {
      const low = Math.max(0, Math.ceil((from - first) / run.delta))
      const high = Math.min(run.count, Math.ceil((to - first) / run.delta))
      count += Math.max(0, high - low)
    }
  }
  return count
}
