import { AppError } from '@upscale/types'

/** The object store, or the disk before it, does not take or give bytes. */
export const storageAway = (cause: unknown): AppError =>
  new AppError('UPSTREAM_ERROR', 'Storage is not reachable. Try again in some seconds', { cause })
