import { MAX_SOURCE_BYTES, sourceTooLarge } from '@upscale/types'
import { FIRST_READ, type ByteSource, type ReadBudget, type ReadCost } from './byte-source.ts'
import type { Answer } from './exchange.ts'
import { fetchFailed } from './failure.ts'
import { contentLengthOf, validatorOf } from './headers.ts'

const BLOCK = 64 * 1024
// Memory of one source: header atoms at the front, and what lies shortly behind the place we reached.
const HEAD_BYTES = 8 * 1024 * 1024
const TAIL_BYTES = 8 * 1024 * 1024

/**
 * Reads from a server that ignores Range: the one answer is streamed as far as the reads need. What
 * was passed by long ago is forgotten; asking for it, or for bytes too far in, is range_not_supported.
 */
export async function streamedSource(
  answer: Answer,
  budget: ReadBudget,
  cost: ReadCost,
): Promise<ByteSource> {
  let size = contentLengthOf(answer.headers)
  if (size !== undefined && size > MAX_SOURCE_BYTES) throw sourceTooLarge()
  const chunks = answer.body[Symbol.asyncIterator]()
  const blocks = createBlocks()

  const streamTo = async (end: number, keepFrom: number) => {
    while (blocks.length < end) {
      const next = await chunks.next()
      if (next.done) {
        size = blocks.length
        return
      }
      cost.bytes += next.value.length
      blocks.append(next.value)
      blocks.forget(HEAD_BYTES, Math.min(keepFrom, blocks.length - TAIL_BYTES))
    }
  }

  await streamTo(Math.min(FIRST_READ, size ?? Infinity), 0)
  return {
    get size() {
      return size
    },
    validator: validatorOf(answer.headers),
    async readTo(offset, wantedEnd) {
      const end = Math.min(wantedEnd, size ?? Infinity)
      if (end > budget.streamBytes) throw fetchFailed('range_not_supported')
      if (end - offset > budget.bytes) throw fetchFailed('no_duration')
      await streamTo(end, offset)
      const bytes = blocks.take(offset, Math.min(end, blocks.length))
      if (!bytes) throw fetchFailed('range_not_supported')
      return bytes
    },
  }
}

/** Bytes in blocks of one size, so that a flood of tiny chunks costs no more memory than its bytes. */
function createBlocks() {
  const blocks = new Map<number, Uint8Array>()
  let length = 0
  let forgotten = 0 // blocks below this one are gone or never to be forgotten

  const blockAt = (offset: number): Uint8Array => {
    const number = Math.floor(offset / BLOCK)
    const block = blocks.get(number) ?? new Uint8Array(BLOCK)
    blocks.set(number, block)
    return block
  }

  return {
    get length() {
      return length
    },
    append(chunk: Uint8Array) {
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + BLOCK - (length % BLOCK))
        blockAt(length).set(part, length % BLOCK)
        length += part.length
        at += part.length
      }
    },
    /** Drops whole blocks between the two offsets. */
    forget(from: number, to: number) {
      forgotten = Math.max(forgotten, Math.ceil(from / BLOCK))
      for (; (forgotten + 1) * BLOCK <= to; forgotten++) blocks.delete(forgotten)
    },
    /** A copy; undefined where a part of it was dropped. */
    take(offset: number, end: number): Uint8Array | undefined {
      const taken = new Uint8Array(Math.max(0, end - offset))
      for (let at = offset; at < end;) {
        const block = blocks.get(Math.floor(at / BLOCK))
        if (!block) return undefined
        const part = block.subarray(at % BLOCK, Math.min(BLOCK, (at % BLOCK) + end - at))
        taken.set(part, at - offset)
        at += part.length
      }
      return taken
    },
  }
}
