import type { Block } from './mkv-blocks.ts'
import type { MkvTrack } from './mkv-tracks.ts'

const NS_PER_SECOND = 1e9
const REORDERED_FRAMES = 4 // as many as encoders commonly look ahead
const USUAL_FPS = 30 // a file that shows no two frame times in its first blocks: the worker counts

/**
 * Seconds up to the end of the latest block, its own length included. That length is the block's, the
 * track's, or the distance to the track's block before.
 */
export function endOfBlocks(
  blocks: readonly Block[],
  tracks: readonly MkvTrack[],
  tickNs: number,
): number {
  const frameTicks = new Map(tracks.map(({ number, frameNs }) => [number, frameNs / tickNs]))
  const before = new Map<number, number>()
  let end = 0
  for (const { track, time, duration } of blocks) {
    const gap = Math.max(0, time - (before.get(track) ?? time))
    end = Math.max(end, time + (duration ?? (frameTicks.get(track) || gap)))
    before.set(track, time)
  }
  return (end * tickNs) / NS_PER_SECOND
}

/** Frame rate of a track, and whether the frames of its first blocks are unevenly spaced. */
export function frameRate(
  blocks: readonly Block[],
  { number, frameNs }: MkvTrack,
  tickNs: number,
): { fps: number; vfr: boolean } {
  const gaps = frameGaps(blocks.filter(({ track }) => track === number).map(({ time }) => time))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const vfr = Math.max(...gaps) - Math.min(...gaps) > 2 // one tick of rounding at either end
  const measured = mean > 0 ? NS_PER_SECOND / (mean * tickNs) : USUAL_FPS
  return { fps: frameNs > 0 ? NS_PER_SECOND / frameNs : measured, vfr: gaps.length > 0 && vfr }
}

/** Distances between frames in the order shown; what may still come between the last ones is unknown. */
function frameGaps(times: readonly number[]): number[] {
  const shown = times.toSorted((a, b) => a - b)
  const complete = shown.slice(0, Math.max(2, shown.length - REORDERED_FRAMES))
  return complete.slice(1).map((time, index) => time - (complete[index] ?? time))
}
