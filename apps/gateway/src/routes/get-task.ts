import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { readTask } from '../tasks/read-task.ts'
import { taskView } from '../tasks/task-view.ts'

export const getTask: Operation = async (ctx, req, res) => {
  const task = await readTask(ctx, callerOf(req), String(req.params['id']))
  succeed(res, taskView(task, { publicUrl: ctx.config.publicUrl, now: ctx.now() }))
}
