import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@upscale/types'
import type { Request } from 'express'
import type { GatewayContext } from '../context.ts'
import { UPLOAD_LIMITS, receiveFile } from './receive-file.ts'
import { storageAway } from '../storage-away.ts'
import { markStored } from './upload-store.ts'
import type { Upload } from './upload-store.ts'

const PREFIX = 'upscale-upload-'
const LEFT_BEHIND_MS = 2 * UPLOAD_LIMITS.totalMs

/** Stores the body of a request as the file of a slot, whole or not at all; gives its length. */
export async function storeUpload(
  ctx: GatewayContext,
  { objectKey, contentType }: Upload,
  req: Request,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX)).catch((error: unknown) => {
    throw storageAway(error)
  })
  try {
    const path = join(folder, 'file')
    const bytes = await receiveFile(req, path)
    await ctx.objects.put(objectKey, path, { contentType }).catch((error: unknown) => {
      throw storageAway(error)
    })
    if (await markStored(ctx.db, objectKey, bytes, ctx.now())) return bytes
    await ctx.objects.delete(objectKey)
    throw noSuchSlot()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same for a slot that never was, that is over, and that was closed by a deletion. */
export const noSuchSlot = (): AppError =>
  new AppError(
    'NOT_FOUND',
    'No upload is open under this URL: it takes a PUT for one hour. Ask for a new one with POST /api/v1/upload',
  )

/** Removes what processes left behind that were killed in the middle of an upload. */
export async function sweepUploads(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(tmpdir(), name)
    const age = Date.now() - (await stat(path)).mtimeMs
    if (age > LEFT_BEHIND_MS) await rm(path, { recursive: true, force: true })
  }
}
