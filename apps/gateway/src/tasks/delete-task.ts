import { AppError } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { storageAway } from '../storage-away.ts'
import { uploadKeyOf } from '../uploads/upload-url.ts'
import { forgetContent } from './deletion-store.ts'
import type { ForgottenTask } from './deletion-store.ts'
import { readTask } from './read-task.ts'
import { removeResults } from './remove-results.ts'
import type { Task } from './task.ts'

/**
 * Removes the content of the caller's task, and gives what is left. The rows come first: from then on
 * nobody reaches the files, and where the store does not answer, a repeat or the retention removes them.
 * Throws TASK_NOT_FOUND, TASK_NOT_CANCELABLE or UPSTREAM_ERROR.
 */
export async function deleteTask(ctx: GatewayContext, caller: Caller, id: string): Promise<Task> {
  const { taskId, videoUrl } = await readTask(ctx, caller, id)
  const { accountId, livemode } = caller
  const uploadKey = videoUrl === null ? undefined : uploadKeyOf(ctx.config.publicUrl, videoUrl)
  const ended = await forgetContent(ctx.db, { taskId, accountId, livemode }, uploadKey)
  if (!ended) {
    throw new AppError('TASK_NOT_CANCELABLE', 'Task is still running: cancel it first')
  }
  await removeFiles(ctx, ended)
  return await readTask(ctx, caller, id)
}

async function removeFiles(ctx: GatewayContext, ended: ForgottenTask): Promise<void> {
  try {
    await removeResults(ctx, ended)
    if (ended.uploadKey !== null) await ctx.objects.delete(ended.uploadKey)
  } catch (error) {
    throw storageAway(error)
  }
}
