/** A file at a customer's host, read piece by piece. */
export interface ByteSource {
  /** Bytes of the file; undefined as long as nobody knows. */
  readonly size: number | undefined
  readonly validator: string | undefined
  /** The bytes from `offset` to `end`, fewer at the end of the file. One read at a time. */
  readTo(offset: number, end: number): Promise<Uint8Array>
}

/** What the reads of one source may cost. */
export interface ReadBudget {
  requests: number
  /** Body bytes of range answers. */
  bytes: number
  /** Body bytes of an answer without ranges. */
  streamBytes: number
}

/** What the reads of one source did cost. */
export interface ReadCost {
  bytes: number
  requests: number
}

/** The first read: holds the header of most files. */
export const FIRST_READ = 64 * 1024
