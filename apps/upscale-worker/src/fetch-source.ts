import { join } from 'node:path'
import { objectKeyOf } from '@upscale/object-store'
import { openSource } from '@upscale/runtime'
import { download } from '@upscale/safe-fetch'
import type { Download } from '@upscale/safe-fetch'
import { AppError, MAX_SOURCE_BYTES, sourceChanged } from '@upscale/types'
import type { UpscaleInput } from '@upscale/workflows/activities'
import type { UpscaleContext } from './context.ts'
import { aliveWhile } from './alive-while.ts'
import { copyStored } from './copy-stored.ts'
import { hostFailure, unavailable } from './tool-failures.ts'

const FETCH_TIME_MS = 600_000

export interface FetchWork {
  folder: string
  signal: AbortSignal
  /** Share of the file that is here, 0–1; 0 again and again while its host keeps us waiting. */
  onShare: (share: number) => void
}

export interface FetchedSource extends Download {
  path: string
}

/** Brings the customer's file here, from its host or from our own store. Throws SOURCE_UNAVAILABLE, SOURCE_CHANGED or a fault of ours. */
export async function fetchSource(
  ctx: Pick<UpscaleContext, 'sourceKeys' | 'policy' | 'objects'>,
  { source, media }: Pick<UpscaleInput, 'source' | 'media'>,
  { folder, signal, onShare }: FetchWork,
): Promise<FetchedSource> {
  const path = join(folder, 'source.bin')
  const url = openUrl(ctx, source)
  const key = objectKeyOf(url)
  const target = {
    path,
    maxBytes: MAX_SOURCE_BYTES,
    deadlineMs: FETCH_TIME_MS,
    expectBytes: media.bytes,
    signal,
    onProgress: (bytes: number) => onShare(bytes / media.bytes),
  }
  const fetching = () =>
    key === undefined
      ? download(url, ctx.policy, target).catch((error: unknown) => {
          throw fetchFailure(error)
        })
      : copyStored(ctx.objects, key, target)
  // How long a host may be silent is the fetch's own rule.
  const fetched = await aliveWhile(() => onShare(0), fetching)
  const expected = media.validator
  if (expected && fetched.validator && fetched.validator !== expected) throw sourceChanged()
  return { ...fetched, path }
}

function openUrl(
  { sourceKeys }: Pick<UpscaleContext, 'sourceKeys'>,
  source: UpscaleInput['source'],
): string {
  try {
    return openSource(sourceKeys, source)
  } catch (error) {
    throw unavailable('source_key_unknown', error)
  }
}

function fetchFailure(error: unknown): unknown {
  if (!(error instanceof AppError)) return hostFailure(error)
  if (error.code === 'SOURCE_TOO_LARGE') return sourceChanged()
  if (error.code !== 'PROBE_FAILED') return error
  const reason = error.message.slice(error.message.indexOf(': ') + 2)
  return new AppError('SOURCE_UNAVAILABLE', `The video could no longer be downloaded: ${reason}`, {
    key: error.key,
    cause: error.cause,
  })
}
