import { AppError } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { resolveSource } from '../orders/resolve-source.ts'
import type { Job } from './find-job.ts'

/** Where the bytes of a job are read now. Throws ACTION_REFUSED where they are gone for good. */
export async function requireSource(ctx: GatewayContext, { taskId, order }: Job): Promise<string> {
  const { videoUrl } = order
  if (videoUrl === null) {
    throw gone(`${taskId} was deleted by its customer: its source is gone`)
  }
  try {
    return await resolveSource(ctx, order, { videoUrl, place: '' })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const reason = error.message.slice(error.message.indexOf(': ') + 2)
    throw gone(`${taskId} cannot be read any more: ${reason}`, error)
  }
}

const gone = (message: string, cause?: unknown): AppError =>
  new AppError('ACTION_REFUSED', message, { key: 'source_removed', param: 'taskId', cause })
