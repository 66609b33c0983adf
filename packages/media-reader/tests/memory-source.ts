import { readMedia } from '../src/index.ts'
import type { ByteSource } from '../src/index.ts'

export interface MemorySource extends ByteSource {
  /** Offset and length of each read. */
  reads: [number, number][]
}

/** A file in memory that counts its reads; `sized` false: nobody says how long it is. */
export function memorySource(file: Uint8Array, { sized = true } = {}): MemorySource {
  const reads: [number, number][] = []
  return {
    size: sized ? file.length : undefined,
    reads,
    async read(offset, length) {
      reads.push([offset, length])
      return file.subarray(offset, offset + length)
    },
  }
}

export const readBytes = (file: Uint8Array) => readMedia(memorySource(file))
