import { AppError, UPLOAD_TYPES } from '@upscale/types'
import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'
import { fileAnswers, fileHeaders, sendFile } from '../http/send-file.ts'
import { storageAway } from '../storage-away.ts'
import { findStored } from '../uploads/upload-store.ts'
import { isUploadKey } from '../uploads/upload-url.ts'

/** A customer's own bytes, unread by us: given back for download, never to be shown as a page of ours. */
const run: Operation = async (ctx, req, res) => {
  const objectKey = `uploads/${String(req.params['name'])}`
  const upload = isUploadKey(objectKey) ? await findStored(ctx.db, objectKey, ctx.now()) : undefined
  if (!upload) throw noUpload()
  const stored = await ctx.objects.stat(objectKey).catch((error: unknown) => {
    throw storageAway(error)
  })
  if (!stored) throw noUpload()
  const file = {
    objectKey,
    bytes: stored.size, // a second PUT may have replaced what the row tells
    contentType: upload.contentType,
    disposition: `attachment; filename="${objectKey.replace(/^.*\./, 'upload.')}"`,
    cacheControl: 'private, no-store',
    isOpen: false,
  }
  if (!(await sendFile(ctx.objects, file, req, res))) throw noUpload()
}

const noUpload = (): AppError =>
  new AppError('NO_RESULT', 'There is no upload under this link. Uploads are kept for 24 hours')

export const getUpload: Endpoint = {
  id: 'getUpload',
  method: 'GET',
  path: '/uploads/{name}',
  access: 'public',
  tag: 'Files',
  summary: 'Download an upload',
  description:
    'The `publicUrl` of `POST /upload`, once its bytes are stored: nobody can guess it, it needs no key, and it ends after 24 hours. Ranges are served.',
  params: z.object({ name: z.string().describe('As `publicUrl` gives it') }),
  headers: fileHeaders(
    'An upload has no `ETag`, so nothing fits: with this header the whole file comes',
  ),
  answers: fileAnswers(Object.values(UPLOAD_TYPES), { isOpen: false }),
  errors: ['NO_RESULT', 'UPSTREAM_ERROR'],
  run,
}
