import { MAX_SOURCE_BYTES, sourceTooLarge } from '@upscale/types'
import { createByteRuns } from './byte-runs.ts'
import type { ByteSource, ReadBudget, ReadCost } from './byte-source.ts'
import type { Answer } from './exchange.ts'
import { badResponse, fetchFailed } from './failure.ts'
import { contentLengthOf, contentRangeOf, validatorOf } from './headers.ts'

/** Asks for the bytes from `offset` to `end`: an answer with status 206 or 416. */
export type AskRange = (offset: number, end: number) => Promise<Answer>

/**
 * Reads by range requests. `first` is the answer to the first one, for `firstEnd` bytes from 0 on.
 * Total and validator must stay what the first answer said.
 */
export async function rangedSource(
  first: Answer,
  firstEnd: number,
  ask: AskRange,
  budget: ReadBudget,
  cost: ReadCost,
): Promise<ByteSource> {
  const runs = createByteRuns()
  const validator = validatorOf(first.headers)
  const total = first.status === 416 ? 0 : contentRangeOf(first.headers).total
  if (total !== undefined && total > MAX_SOURCE_BYTES) throw sourceTooLarge()
  let size = total

  const keep = async (answer: Answer, offset: number, end: number) => {
    const bytes = await rangeOf(answer, offset, end)
    if (bytes.length > 0) runs.put(offset, bytes)
    if (size === undefined && bytes.length < end - offset) size = offset + bytes.length
  }

  const rangeOf = async (answer: Answer, offset: number, end: number): Promise<Uint8Array> => {
    try {
      if (answer.status === 416 && !size) return new Uint8Array(0) // behind the end
      const length = rangeLength(answer, offset, end, total)
      if (validatorOf(answer.headers) !== validator) {
        throw badResponse('the file changed while it was read')
      }
      return await readLength(answer, length, cost)
    } finally {
      answer.close()
    }
  }

  await keep(first, 0, firstEnd)
  return {
    get size() {
      return size
    },
    validator,
    async readTo(offset, wantedEnd) {
      const end = Math.min(wantedEnd, size ?? Infinity)
      const from = runs.knownTo(offset)
      if (from < end) {
        if (cost.bytes + end - from > budget.bytes) throw fetchFailed('no_duration')
        await keep(await ask(from, end), from, end)
      }
      return runs.take(offset, end)
    },
  }
}

/** Length of a range answer, which must be the very range that was asked for. */
function rangeLength(answer: Answer, offset: number, end: number, total: number | undefined) {
  const range = contentRangeOf(answer.headers)
  const isAsked = range.start === offset && range.total === total
  const lastEnd = total === undefined ? range.end : total
  if (!isAsked || range.end > end || range.end !== Math.min(end, lastEnd)) {
    throw badResponse('the server sent another range than it was asked for')
  }
  const length = range.end - range.start
  if ((contentLengthOf(answer.headers) ?? length) !== length) {
    throw badResponse('Content-Length and Content-Range of the server differ')
  }
  return length
}

async function readLength(answer: Answer, length: number, cost: ReadCost): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  for await (const chunk of answer.body) {
    cost.bytes += chunk.length
    if (at + chunk.length > length)
      throw badResponse('the server sent more than Content-Range says')
    bytes.set(chunk, at)
    at += chunk.length
    if (at === length) return bytes // whether it closes the body after that does not matter
  }
  throw fetchFailed('source_truncated')
}
