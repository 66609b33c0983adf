import { addAbortSignal } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ObjectStore } from '@upscale/object-store'
import type { RangeReader } from '@upscale/safe-fetch'
import { AppError, probeFailed } from '@upscale/types'

/**
 * An upload in our own store, read by ranges like a customer's file. Throws PROBE_FAILED where it is gone,
 * SERVICE_UNAVAILABLE where the store does not answer, or the signal's reason.
 */
export async function openStored(
  objects: ObjectStore,
  key: string,
  signal?: AbortSignal,
): Promise<RangeReader> {
  const since = performance.now()
  const cost = { bytes: 0, requests: 1 }
  const facts = await ask(() => objects.stat(key), signal)
  if (!facts) throw gone()
  return {
    size: facts.size,
    validator: undefined,
    async read(offset, length) {
      const end = Math.min(offset + length, facts.size) - 1
      if (end < offset) return new Uint8Array()
      cost.requests += 1
      const bytes = await ask(() => readRange(objects, key, { start: offset, end }, signal), signal)
      cost.bytes += bytes.length
      return bytes
    },
    cost: () => ({ ...cost, ms: Math.round(performance.now() - since) }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function readRange(
  objects: ObjectStore,
  key: string,
  range: { start: number; end: number },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const object = await objects.open(key, range)
  if (!object) throw gone()
  if (signal) addAbortSignal(signal, object.stream)
  return await buffer(object.stream)
}

/** A store that fails is no fault of the customer's: the probe is tried again. */
async function ask<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof AppError) throw cause
    throw new AppError('SERVICE_UNAVAILABLE', 'Try again in 5 s', {
      key: 'store_unreachable',
      cause,
    })
  }
}

const gone = (): AppError =>
  probeFailed(
    'source_unreachable',
    'the upload is gone. Uploads are kept for 24 hours: upload it again',
  )
