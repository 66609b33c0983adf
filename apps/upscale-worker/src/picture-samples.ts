import type { FrameSize } from '@upscale/types'

/** Part of one picture, 8-bit 4:2:0, limited range. */
export interface PictureSample extends FrameSize {
  luma: Uint8Array
  chroma: Uint8Array
}

const MAX_SIZE: FrameSize = { width: 640, height: 360 } // enough to measure, small enough to hold

/** Size of the middle that is looked at; sides divide by 2. */
export const sampleSizeOf = ({ width, height }: FrameSize): FrameSize => ({
  width: 2 * Math.floor(Math.min(width, MAX_SIZE.width) / 2),
  height: 2 * Math.floor(Math.min(height, MAX_SIZE.height) / 2),
})

/** Which pictures are looked at: first, middle, last. */
export const samplesOf = (frames: number): number[] => [
  ...new Set([0, Math.floor(frames / 2), frames - 1]),
]

/** Filters that cut the same middle out of pictures of any size. */
export function sampleFilters(from: FrameSize): string {
  const { width, height } = sampleSizeOf(from)
  const whole = `scale=${from.width}:${from.height}:flags=area:out_range=tv,format=yuv420p`
  return `${whole},crop=${width}:${height}`
}

/** Cuts raw 4:2:0 bytes into pictures; a rest means that one is missing. */
export function samplesFrom(raw: Uint8Array, { width, height }: FrameSize): PictureSample[] {
  const lumaBytes = width * height
  const bytes = (lumaBytes * 3) / 2
  return Array.from({ length: Math.floor(raw.length / bytes) }, (_, index) => {
    const picture = raw.subarray(index * bytes, (index + 1) * bytes)
    const [luma, chroma] = [picture.subarray(0, lumaBytes), picture.subarray(lumaBytes)]
    return { width, height, luma, chroma }
  })
}

const BLANK_LEVELS = 4
const MAX_MEAN_SHIFT = 12 // levels: cleaning moves none by more than 2
const MAX_TILE_SHIFT = 20

/** What is wrong with a result's pictures beside the source's; undefined where they show the same. */
export function pictureFault(
  source: readonly PictureSample[],
  result: readonly PictureSample[],
): string | undefined {
  for (const [index, before] of source.entries()) {
    const after = result[index]
    if (!after) return 'a picture is missing'
    if (isBlank(after) && !isBlank(before)) return 'a picture is blank'
    if (shiftOf(mean(before.luma), mean(after.luma)) > MAX_MEAN_SHIFT)
      return 'its brightness is off'
    if (chromaShift(before, after) > MAX_MEAN_SHIFT) return 'its colours are off'
    if (tileShift(before, after) > MAX_TILE_SHIFT) return 'it shows another picture'
  }
  return undefined
}

const isBlank = ({ luma }: PictureSample): boolean => {
  let [low, high] = [255, 0]
  for (const value of luma) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low < BLANK_LEVELS
}

const shiftOf = (a: number, b: number): number => Math.abs(a - b)

const mean = (values: Uint8Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function chromaShift({ chroma: before }: PictureSample, { chroma: after }: PictureSample): number {
  const half = before.length / 2
  return Math.max(
    shiftOf(mean(before.subarray(0, half)), mean(after.subarray(0, half))),
    shiftOf(mean(before.subarray(half)), mean(after.subarray(half))),
  )
}

/** Mean difference of an 8 × 8 grid of tiles: sharpening does not change it, another picture does. */
function tileShift(before: PictureSample, after: PictureSample): number {
  const [a, b] = [tilesOf(before), tilesOf(after)]
  return a.reduce((sum, value, index) => sum + shiftOf(value, b[index] ?? 0), 0) / a.length
}

const GRID = 8

function tilesOf({ luma, width, height }: PictureSample): number[] {
  const sums = Array<number>(GRID * GRID).fill(0)
  const counts = Array<number>(GRID * GRID).fill(0)
  for (const [index, value] of luma.entries()) {
    const column = Math.floor(((index % width) * GRID) / width)
    const row = Math.floor((Math.floor(index / width) * GRID) / height)
    const tile = row * GRID + column
    sums[tile] = (sums[tile] ?? 0) + value
    counts[tile] = (counts[tile] ?? 0) + 1
  }
  return sums.map((sum, tile) => sum / Math.max(1, counts[tile] ?? 0))
}
