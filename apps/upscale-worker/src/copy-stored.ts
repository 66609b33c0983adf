import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { ObjectStore, OpenedObject } from '@upscale/object-store'
import type { Download } from '@upscale/safe-fetch'
import { AppError, sourceChanged } from '@upscale/types'
import { hostFailure, unavailable } from './tool-failures.ts'

export interface CopyTarget {
  path: string
  /** Size that was priced: another one is SOURCE_CHANGED. */
  expectBytes: number
  signal: AbortSignal
  onProgress: (bytes: number) => void
}

/** Copies an upload out of our own store. Throws SOURCE_UNAVAILABLE, SOURCE_CHANGED or a fault of ours. */
export async function copyStored(
  objects: ObjectStore,
  key: string,
  target: CopyTarget,
): Promise<Download> {
  const object = await objects.open(key).catch((error: unknown) => {
    throw unavailable('store_unreachable', error)
  })
  if (!object) throw gone()
  if (object.size !== target.expectBytes) {
    object.stream.destroy()
    throw sourceChanged()
  }
  return await copy(object, target)
}

async function copy(
  { stream, size }: OpenedObject,
  { path, signal, onProgress }: CopyTarget,
): Promise<Download> {
  const hash = createHash('sha256')
  let bytes = 0
  const measured = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      hash.update(chunk)
      yield chunk
      onProgress(bytes)
    }
  }
  try {
    await pipeline(stream, measured, createWriteStream(path, { mode: 0o600 }), { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw isOfDisk(error) ? hostFailure(error) : unavailable('store_unreachable', error)
  }
  if (bytes !== size) throw unavailable('store_unreachable') // its connection ended early
  return { bytes, sha256: hash.digest('hex'), validator: undefined }
}

/** Here we write, from there we read. */
const isOfDisk = (error: unknown): boolean =>
  ['open', 'write', 'close'].includes((error as NodeJS.ErrnoException).syscall ?? '')

const gone = (): AppError =>
  new AppError(
    'SOURCE_UNAVAILABLE',
    'The video could no longer be downloaded: the upload is gone',
    {
      key: 'source_unreachable',
    },
  )
