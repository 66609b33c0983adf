import { AppError, UPLOAD_TYPES } from '@upscale/types'
import type { Request } from 'express'
import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import type { Operation } from '../http/operation.ts'
import { noSuchSlot, storeUpload } from '../uploads/store-upload.ts'
import { findOpenSlot } from '../uploads/upload-store.ts'
import { slotDigestOf } from '../uploads/upload-url.ts'

const run: Operation = async (ctx, req, res) => {
  const slot = await findOpenSlot(ctx.db, slotDigestOf(String(req.params['slot'])), ctx.now())
  if (!slot) throw noSuchSlot()
  requirePlain(req)
  requireType(req, slot.contentType)
  const sizeBytes = await ctx.runningPuts(slot.accountId, () => storeUpload(ctx, slot, req))
  res.setHeader('Cache-Control', 'no-store')
  succeed(res, { key: slot.objectKey, sizeBytes })
}

/** We store what comes: unpacked nowhere, it would be no video. */
function requirePlain({ headers }: Request): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  const message = 'Send the bytes of the file as they are, without compression'
  throw new AppError('UNSUPPORTED_ENCODING', message, { param: 'Content-Encoding' })
}

function requireType({ headers }: Request, expected: string): void {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1)
  if (type.trim().toLowerCase() === expected) return
  const message = `Content-Type must be ${expected}, as it was asked for`
  throw new AppError('UNSUPPORTED_CONTENT_TYPE', message, { param: 'Content-Type' })
}

export const putUpload: Endpoint = {
  id: 'putUpload',
  method: 'PUT',
  path: '/uploads/put/{slot}',
  access: 'public',
  tag: 'Upload',
  summary: 'Send the bytes of a video',
  description:
    'The `uploadUrl` of `POST /upload`. The body is the file, of at most 104857600 bytes, with the `Content-Type` that was asked for and no other header. A connection that is cut, is silent for 30 s or takes over 15 minutes stores nothing: send the file again. Until `expiresAt` a second PUT replaces the file.',
  params: z.object({ slot: z.string().describe('As `uploadUrl` gives it') }),
  file: Object.values(UPLOAD_TYPES),
  answers: {
    200: {
      description: 'Stored',
      data: z.object({ key: z.string(), sizeBytes: z.int().min(1) }),
      example: { key: 'uploads/Jx2Rk8Tn5Vb1Qw7Zc4Mh9Ld3Gs6Yp0Fa.mp4', sizeBytes: 6_291_456 },
    },
  },
  errors: [
    'NOT_FOUND',
    'UNSUPPORTED_ENCODING',
    'UNSUPPORTED_CONTENT_TYPE',
    'FILE_TOO_LARGE',
    'INVALID_PARAMETER',
    'UPSTREAM_ERROR',
  ],
  run,
}
