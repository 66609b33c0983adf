import type { Readable } from 'node:stream'

/** First and last byte, both included. */
export interface ByteRange {
  start: number
  end: number
}

export interface ObjectFacts {
  /** Bytes of the whole object, also where a range was asked for. */
  size: number
  contentType: string
}

export interface OpenedObject extends ObjectFacts {
  stream: Readable
}

export interface PutOptions {
  /** What the key's extension says: a store keeps no second word for it. */
  contentType: string
  signal?: AbortSignal | undefined
  /** Bytes taken so far. */
  onProgress?: ((bytes: number) => void) | undefined
}

/** Stored bytes by key. An object appears whole or not at all; a second `put` replaces the first. */
export interface ObjectStore {
  /** Stores the file at `path`. Throws the signal's reason, or what the store's own failure is. */
  put(key: string, path: string, options: PutOptions): Promise<void>
  /** Undefined where there is no such object. The caller reads the stream to its end or destroys it. */
  open(key: string, range?: ByteRange): Promise<OpenedObject | undefined>
  stat(key: string): Promise<ObjectFacts | undefined>
  /** Harmless where there is no such object. */
  delete(key: string): Promise<void>
  /** Deletes every object whose key begins with `folder` and a slash; harmless where there is none. */
  deleteFolder(folder: string): Promise<void>
}
