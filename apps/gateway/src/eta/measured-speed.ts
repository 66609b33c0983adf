import type { JobSize } from './job-size.ts'

/** A finished upscale, and how long its last attempt took. */
export interface TimedJob extends JobSize {
  ms: number
}

/** How long an upscale of this size takes, ms; undefined: nothing like it was ever timed. */
export type MeasuredSpeed = (size: JobSize) => number | undefined

const ENOUGH = 3 // one odd job is no measure

interface Group {
  jobs: number
  msPerMegapixel: number
}

/**
 * The median time per megapixel of the jobs that are most like it. H.265 takes three to four times as long
 * as H.264, and factor 1, which cleans as many pixels as it encodes, half as much again as 4: jobs of the
 * same codec and factor count first, then those of the codec, then all. Test jobs run on an engine of their
 * own, and say nothing of live ones.
 */
export function measuredSpeed(timed: readonly TimedJob[]): MeasuredSpeed {
  const groups = groupsOf(timed)
  return (size) => {
    const likely = keysOf(size).flatMap((key) => groups.get(key) ?? [])
    const group = likely.find(({ jobs }) => jobs >= ENOUGH) ?? likely.at(-1)
    return group && group.msPerMegapixel * size.megapixels
  }
}

/** Of the narrowest group that a job belongs to, and of the wider ones. */
const keysOf = ({ livemode, codec, factor }: JobSize): string[] => [
  `${livemode} ${codec} ${factor}`,
  `${livemode} ${codec}`,
  `${livemode}`,
]

function groupsOf(timed: readonly TimedJob[]): Map<string, Group> {
  const speeds = new Map<string, number[]>()
  for (const job of timed.filter(({ megapixels }) => megapixels > 0)) {
    for (const key of keysOf(job)) {
      const known = speeds.get(key) ?? []
      known.push(job.ms / job.megapixels)
      speeds.set(key, known)
    }
  }
  return new Map(
    [...speeds].map(([key, values]) => [
      key,
      { jobs: values.length, msPerMegapixel: medianOf(values) },
    ]),
  )
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1] ?? 0
  const lower = sorted[(sorted.length - 1) >> 1] ?? 0
  return (lower + upper) / 2
}
