import { AppError, isTaskId } from '@upscale/types'
import type { Operation } from '../../http/operation.ts'
import { readTimeline } from '../../operators/timeline.ts'

/** Everything that happened to a task, oldest first, and what can be done now. */
export const getTimeline: Operation = async (ctx, req, res) => {
  const taskId = String(req.params['taskId'])
  if (!isTaskId(taskId)) {
    throw new AppError('INVALID_PARAMETER', `taskId is no task id: it looks like task_…`, {
      param: 'taskId',
    })
  }
  res.json(await readTimeline(ctx, taskId))
}
