import { isTaskId } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { Request } from 'express'
import { taskNotFound } from '../ledger/task-not-found.ts'

/** The task that the path names. A text that no task can have is one that does not exist. */
export function taskIdFrom(req: Request): TaskId {
  const id = req.params['taskId']
  if (typeof id !== 'string' || !isTaskId(id)) throw taskNotFound()
  return id
}
