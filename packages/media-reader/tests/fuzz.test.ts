import { expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { clipBytes } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { readBytes } from './memory-source.ts'

const FILES: ClipName[] = ['fast.mp4', 'base.mov', 'frag.mp4', 'sidx.mp4', 'base.mkv', 'live.mkv']
const MUTATIONS = Number(process.env['FUZZ_MUTATIONS'] ?? 150)

/** mulberry32: the same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Where the headers of the clip lie: the edits go there, since pictures are never read. */
function headerSpans(file: Buffer): [number, number][] {
  const movie = file.indexOf('moov')
  return movie > 8192
    ? [
        [0, 64],
        [movie - 4, file.length],
      ]
    : [
        [0, 4096],
        [file.length - 1024, file.length],
      ]
}

function mutate(file: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(file)
  const spans = headerSpans(file)
  const place = () => {
    const [from, to] = spans[random(4) === 0 ? 1 : 0] ?? [0, 64]
    return from + random(to - from)
  }
  if (random(20) === 0) return copy.subarray(0, place())
  if (random(10) === 0) return copy.fill(255, place(), place())
  for (let edits = 1 + random(6); edits > 0; edits--) {
    copy[place()] = [0, 127, 128, 255, random(256)][random(5)] ?? 0
  }
  return copy
}

test.each(FILES.map((name, index) => [name, index] as const))(
  '%s: mutated headers give facts or a refusal',
  async (name, index) => {
    const random = numbers(20_261 + index)
    const file = await clipBytes(name)
    let refused = 0
    for (let mutation = 0; mutation < MUTATIONS; mutation++) {
      const broken = mutate(file, random)
      const answer: unknown = await readBytes(broken).catch((error: unknown) => error)
      const known = !(answer instanceof Error) || answer instanceof AppError
      expect({ mutation, answer: known ? 'known' : answer }).toEqual({ mutation, answer: 'known' })
      if (answer instanceof AppError) refused += 1
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 20)
  },
)
