import { presentedSeconds } from './duration-rules.ts'
import type { HeaderReader } from './byte-source.ts'
import { fragmentTimes } from './mp4-fragments.ts'
import type { Movie, Track } from './mp4-movie.ts'
import { noDuration } from './refusals.ts'
import { sampleRuns, sampleTimes, samplesWithin } from './sample-runs.ts'
import type { SampleRun } from './sample-runs.ts'

export interface Timing {
  /** How long the picture is presented. */
  seconds: number
  frames: number
  framesExact: boolean
  fps: number
  vfr: boolean
}

/** Time of a track whose samples stand in the movie header. */
export function plainTiming(movie: Movie, track: Track): Timing {
  const runs = () => (track.stts ? sampleRuns(track.stts, track.ctts) : [])
  const times = sampleTimes(runs())
  const clocks = { movie: movie.header.timescale, media: track.timescale }
  const mediaEnd = track.edits.length === 0 ? times.decodeEnd : times.end
  const frames = shownFrames(track, clocks, runs(), times.count)
  const steadyDelta = times.steadyDelta || undefined
  return {
    seconds: presentedSeconds(track.edits, clocks, mediaEnd),
    frames,
    framesExact: true,
    fps: track.timescale / (steadyDelta ?? times.decodeEnd / times.count),
    vfr: steadyDelta === undefined,
  }
}

/** Frames that the edit list shows: it may hide stored ones before and behind its cut. */
function shownFrames(
  track: Track,
  clocks: { movie: number; media: number },
  runs: Iterable<SampleRun>,
  stored: number,
): number {
  const [edit, second] = track.edits.filter(({ mediaTime }) => mediaTime >= 0)
  if (!edit || second || edit.duration === 0) return stored
  const ticks = (edit.duration / clocks.movie) * clocks.media
  return samplesWithin(runs, edit.mediaTime, edit.mediaTime + ticks)
}

/**
 * Time of a track whose samples stand in fragments from `from` on, and maybe some in the movie header.
 * Only the start of its edits counts: their lengths were written before the fragments.
 */
export async function fragmentedTiming(
  headers: HeaderReader,
  movie: Movie,
  fragments: NonNullable<Movie['fragments']>,
  track: Track,
  from: number,
): Promise<Timing> {
  const early = sampleTimes(track.stts ? sampleRuns(track.stts, track.ctts) : [])
  const found = await fragmentTimes(
    headers,
    {
      id: track.id,
      timescale: track.timescale,
      defaultDelta: fragments.defaultDeltas.get(track.id) ?? 0,
      decodeStart: early.decodeEnd,
    },
    from,
  )
  if (!found && early.count > 0) return plainTiming(movie, track)
  const empty = track.edits.reduce((sum, edit) => sum + (edit.mediaTime < 0 ? edit.duration : 0), 0)
  const shownFrom = track.edits.find(({ mediaTime }) => mediaTime >= 0)?.mediaTime ?? 0
  const start = Math.max(shownFrom, early.count > 0 ? early.start : (found?.start ?? 0))
  const seconds =
    found?.end === undefined
      ? fragments.duration / movie.header.timescale
      : (found.end - start) / track.timescale + empty / movie.header.timescale
  if (!found || seconds <= 0) throw noDuration('the fragments of the file tell no duration')
  return {
    seconds,
    frames: Math.round(seconds * found.fps),
    framesExact: false,
    fps: found.fps,
    vfr: found.vfr,
  }
}
