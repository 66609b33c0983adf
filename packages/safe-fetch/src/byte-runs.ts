/** Pieces of a file that are known already, so that no byte is fetched twice. */
export interface ByteRuns {
  put(offset: number, bytes: Uint8Array): void
  /** End of the unbroken known bytes from `offset` on; `offset` itself where it is unknown. */
  knownTo(offset: number): number
  /** A copy of the known bytes from `offset` to `end`, shorter where they are not all known. */
  take(offset: number, end: number): Uint8Array
}

export function createByteRuns(): ByteRuns {
  const runs: { start: number; end: number; bytes: Uint8Array }[] = []
  const runAt = (offset: number) => runs.find(({ start, end }) => start <= offset && offset < end)

  const knownTo = (offset: number): number => {
    const run = runAt(offset)
    return run ? knownTo(run.end) : offset
  }

  return {
    knownTo,
    put(offset, bytes) {
      runs.push({ start: offset, end: offset + bytes.length, bytes })
    },
    take(offset, end) {
      const taken = new Uint8Array(Math.max(0, Math.min(end, knownTo(offset)) - offset))
      for (let at = offset, run = runAt(at); run && at < end; run = runAt(at)) {
        taken.set(run.bytes.subarray(at - run.start, end - run.start), at - offset)
        at = run.end
      }
      return taken
    },
  }
}
