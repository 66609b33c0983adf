import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { deleteTask as deleteContent } from '../tasks/delete-task.ts'
import { Task, TaskParams } from '../tasks/task-schema.ts'
import { taskView } from '../tasks/task-view.ts'

const run: Operation = async (ctx, req, res) => {
  const task = await deleteContent(ctx, callerOf(req), String(req.params['id']))
  succeed(res, taskView(task, { publicUrl: ctx.config.publicUrl, now: ctx.now() }))
}

export const deleteTask: Endpoint = {
  id: 'deleteTask',
  method: 'DELETE',
  path: '/api/v1/tasks/{id}',
  access: 'account',
  tag: 'Tasks',
  summary: 'Delete what a task made and took',
  description:
    'Removes the result, an upload or a quote that the task used, and `input.video_url`, at once: `result.url`, `output.url` and `input.video_url` are null, and the link answers `NO_RESULT`. The task stays with its receipt. A task that still runs has to be canceled first. Repeating it is harmless; after an `UPSTREAM_ERROR` the link has ended, and the files go as soon as the storage answers.',
  params: TaskParams,
  answers: { 200: { description: 'The task, without what was deleted', data: Task } },
  errors: ['TASK_NOT_FOUND', 'TASK_NOT_CANCELABLE', 'UPSTREAM_ERROR'],
  run,
}
