import type { HeaderReader } from './byte-source.ts'
import { FIRST_READ_BYTES } from './byte-source.ts'
import { elementAt, uintOf } from './ebml.ts'
import type { ElementHead } from './ebml.ts'
import { ID } from './mkv-ids.ts'
import { isDamage } from './refusals.ts'

/** A block by its header; times in ticks of the segment. */
export interface Block {
  track: number
  time: number
  duration: number | undefined
}

interface Limits {
  blocks: number
  /** Bytes beyond those that are here already, in reads of 64 KiB. */
  reads: number
}

const MAX_ELEMENTS = 20_000
const ENTERED: readonly number[] = [ID.cluster, ID.blockGroup]
const TAILS_BYTES = [256 * 1024, 2 * 1024 * 1024]
const MAX_CANDIDATES = 64
const CLUSTER_MARK = Buffer.from([0x1f, 0x43, 0xb6, 0x75])

/**
 * Blocks from the cluster at `start` on, in file order; their content is skipped, not read. Ends where
 * the file is damaged.
 */
export async function blocksFrom(
  headers: HeaderReader,
  start: number,
  limits: Limits,
): Promise<Block[]> {
  const blocks: Block[] = []
  try {
    await collect(headers, start, limits, blocks)
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  return blocks
}

async function collect(headers: HeaderReader, start: number, limits: Limits, blocks: Block[]) {
  let clusterTime: number | undefined
  let at: number | undefined = start
  let reads = 0
  for (let count = 0; at !== undefined && count < MAX_ELEMENTS; count++) {
    if (!headers.holds(at, 16) && ++reads > limits.reads) return
    const element: ElementHead | undefined = await elementAt(headers, at, FIRST_READ_BYTES)
    if (!element || blocks.length === limits.blocks) return
    const { id, body, end } = element
    if (id === ID.timestamp) clusterTime = await numberAt(headers, element)
    if (id === ID.simpleBlock || id === ID.block) {
      if (clusterTime === undefined) return
      blocks.push(blockOf(await headers.upTo(body, 4), clusterTime))
    }
    const last = blocks.at(-1)
    if (id === ID.blockDuration && last) last.duration = await numberAt(headers, element)
    at = ENTERED.includes(id) ? body : end
  }
}

/** Track numbers up to 126 take one byte, larger ones two. */
function blockOf(head: DataView, clusterTime: number): Block {
  const short = (head.getUint8(0) & 0x80) !== 0
  const track = short ? head.getUint8(0) & 0x7f : head.getUint16(0) & 0x3fff
  return { track, time: clusterTime + head.getInt16(short ? 1 : 2), duration: undefined }
}

async function numberAt(headers: HeaderReader, { body, end }: ElementHead): Promise<number> {
  return uintOf(await headers.upTo(body, Math.min((end ?? body) - body, 8)), 0)
}

/** Blocks of the last cluster of a file, found by its mark in the last bytes. */
export async function lastBlocks(headers: HeaderReader): Promise<Block[]> {
  const size = headers.size()
  if (size === undefined) return []
  for (const tail of TAILS_BYTES) {
    const start = Math.max(0, size - tail)
    const view = await headers.upTo(start, tail)
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength)
    let at = bytes.lastIndexOf(CLUSTER_MARK)
    for (let tried = 0; at >= 0 && tried < MAX_CANDIDATES; tried++) {
      const blocks = await blocksFrom(headers, start + at, { blocks: MAX_ELEMENTS, reads: 0 })
      if (blocks.length > 0) return blocks
      at = at === 0 ? -1 : bytes.lastIndexOf(CLUSTER_MARK, at - 1)
    }
  }
  return []
}
