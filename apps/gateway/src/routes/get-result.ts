import { AppError } from '@upscale/types'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'
import { fileAnswers, fileHeaders, sendFile } from '../http/send-file.ts'
import { findResult } from '../tasks/task-store.ts'

/** Keys of results need no escaping in a URL. */
const RESULT_KEY = /^results\/[A-Za-z0-9._/-]{1,500}$/

/**
 * Plays in a page of any origin, `<video crossorigin>` included: the link is unguessable, needs no cookie
 * and ends with the result, so who has it may read it from wherever they are.
 */
const run: Operation = async (ctx, req, res) => {
  const objectKey = req.path.slice(1)
  const output = RESULT_KEY.test(objectKey) ? await findResult(ctx.db, objectKey) : undefined
  if (!output) throw noResult()
  const { bytes, sha256 } = output
  const file = {
    objectKey,
    bytes,
    sha256,
    contentType: 'video/mp4',
    disposition: 'inline; filename="upscaled.mp4"',
    cacheControl: 'private, max-age=300',
    isOpen: true,
  }
  if (!(await sendFile(ctx.objects, file, req, res))) throw noResult()
}

const noResult = (): AppError => new AppError('NO_RESULT', 'The result has expired')

export const getResult: Endpoint = {
  id: 'getResult',
  method: 'GET',
  path: '/results/*key',
  access: 'public',
  tag: 'Files',
  summary: 'Download a result',
  description:
    'The link that `result.url` gives: nobody can guess it, it needs no key, and it ends at `output.expires_at`. It ends at once where the task is deleted. Ranges are served, so that players can seek, and it plays in pages of any origin.',
  headers: fileHeaders(
    'The `ETag` of the part that you have: only if it is still that of the file, the range comes, else the whole file',
  ),
  answers: fileAnswers(['video/mp4'], { isOpen: true }),
  errors: ['NO_RESULT', 'UPSTREAM_ERROR'],
  run,
}
