import type { PictureSample } from '../../picture-samples.ts'

const GRID = 8 // pixels from one block to the next, in each codec without exception
const FLAT_LEVELS = 1
const EDGE_LEVELS = 24 // a larger step is the picture's own

/**
 * Share of the pixels beside one of eight grid lines that are a step between two flat sides, above the
 * share beside the other lines: 0.01 in a natural picture, from 0.08 on where blocks are seen. Which line
 * it is depends on turns and cuts, so the strongest one counts.
 */
export function measureBlocks(sample: PictureSample): number {
  const { width, height } = sample
  const columns = stepsAt(sample, { step: 1, count: width, across: width, lines: height })
  const rows = stepsAt(sample, { step: width, count: height, across: 1, lines: width })
  return (excess(columns) + excess(rows)) / 2
}

interface Direction {
  /** From a pixel to the next one, and how many there are. */
  step: number
  count: number
  /** From a line of pixels to the next one, and how many there are. */
  across: number
  lines: number
}

/** Share of steps at each of the eight places. */
function stepsAt({ luma }: PictureSample, { step, count, across, lines }: Direction): number[] {
  const at = (index: number) => luma[index] ?? 0
  const isStep = (p: number) => {
    const height = Math.abs(at(p) - at(p - step))
    if (height <= FLAT_LEVELS || height > EDGE_LEVELS) return false
    const before = Math.abs(at(p - step) - at(p - 2 * step))
    return before <= FLAT_LEVELS && Math.abs(at(p + step) - at(p)) <= FLAT_LEVELS
  }
  const steps = Array<number>(GRID).fill(0)
  const seen = Array<number>(GRID).fill(0)
  for (let place = 2; place < count - 1; place++) {
    const grid = place % GRID
    for (let line = 0; line < lines; line++) {
      if (isStep(place * step + line * across)) steps[grid] = (steps[grid] ?? 0) + 1
    }
    seen[grid] = (seen[grid] ?? 0) + lines
  }
  return steps.map((number, grid) => number / Math.max(1, seen[grid] ?? 0))
}

function excess(shares: readonly number[]): number {
  const highest = Math.max(...shares)
  const sum = shares.reduce((total, share) => total + share, 0)
  return highest - (sum - highest) / (GRID - 1)
}
