import { AppError, MAX_UPLOAD_BYTES, UPLOAD_TYPES } from '@upscale/types'
import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { bodyOf } from '../http/json-body.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { fileTooLarge } from '../uploads/file-too-large.ts'
import { openSlot } from '../uploads/open-slot.ts'
import type { UploadType } from '../uploads/upload-url.ts'

const TYPES = Object.values(UPLOAD_TYPES)

const Body = z.object({
  contentType: z.enum(TYPES).describe('Type of the file; the PUT carries the same'),
  sizeBytes: z.int().min(1).optional().meta({
    description: 'Length of the file, so that one that is too large is refused at once',
    maximum: MAX_UPLOAD_BYTES,
  }),
})

const run: Operation = async (ctx, req, res) => {
  const contentType = uploadTypeFrom(bodyOf(req))
  const slot = await openSlot(ctx, callerOf(req), contentType)
  succeed(res, { ...slot, expiresAt: slot.expiresAt.toISOString() })
}

/** The first failure of the body in the contract's order is thrown. */
function uploadTypeFrom(body: Readonly<Record<string, unknown>>): UploadType {
  const { success, data, error } = Body.safeParse(body)
  if (!success) throw fieldError(String(error.issues[0]?.path[0]))
  const { contentType, sizeBytes = 0 } = data
  if (sizeBytes > MAX_UPLOAD_BYTES) throw fileTooLarge(sizeBytes, 'sizeBytes')
  return contentType
}

function fieldError(param: string): AppError {
  if (param === 'contentType') {
    return new AppError(
      'UNSUPPORTED_CONTENT_TYPE',
      'contentType must be video/mp4, video/quicktime or video/x-matroska',
      { param },
    )
  }
  return new AppError('INVALID_PARAMETER', 'sizeBytes must be an integer of at least 1', { param })
}

export const createUpload: Endpoint = {
  id: 'createUpload',
  method: 'POST',
  path: '/api/v1/upload',
  access: 'account',
  tag: 'Upload',
  summary: 'Ask for a place to upload a video',
  description: [
    'For a video that has no public URL. Then send the bytes with `PUT uploadUrl` and the same `Content-Type`, without authorization; any 2xx means that they are stored. `publicUrl` works as `video_url` at once, with keys of the same account and mode.',
    '',
    '`uploadUrl` takes a PUT until `expiresAt`, one hour; a second one replaces the file. The file is kept for 24 hours, or until a task that used it is deleted. At most 100 MB, and 200 uploads may be open at the same time.',
  ].join('\n'),
  body: Body,
  answers: {
    200: {
      description: 'A place for one file',
      data: z.object({
        uploadUrl: z.url().describe('Takes the bytes by PUT. Keep it to yourself: it needs no key'),
        publicUrl: z.url().describe('Use it as `video_url`'),
        key: z.string().describe('Name of the file with us'),
        expiresAt: z.iso.datetime().describe('Until when `uploadUrl` takes a PUT'),
      }),
      example: {
        uploadUrl: 'https://upscale.example/uploads/put/4b8Qm0ZtYc2Vn7Xa1Lr9Ke3Ws6Hd5Pf',
        publicUrl: 'https://upscale.example/uploads/Jx2Rk8Tn5Vb1Qw7Zc4Mh9Ld3Gs6Yp0Fa.mp4',
        key: 'uploads/Jx2Rk8Tn5Vb1Qw7Zc4Mh9Ld3Gs6Yp0Fa.mp4',
        expiresAt: '2026-02-14T13:00:00.000Z',
      },
    },
  },
  errors: ['UNSUPPORTED_CONTENT_TYPE', 'FILE_TOO_LARGE', 'INVALID_PARAMETER', 'UPSTREAM_ERROR'],
  run,
}
