import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'
import { PreferHeaders } from '../http/prefer-wait.ts'
import { answerInTime } from '../tasks/answer-in-time.ts'
import { readTask } from '../tasks/read-task.ts'
import { Task, TaskParams } from '../tasks/task-schema.ts'

const run: Operation = async (ctx, req, res) => {
  const task = await readTask(ctx, callerOf(req), String(req.params['id']))
  succeed(res, await answerInTime(ctx, req, res, task))
}

export const getTask: Endpoint = {
  id: 'getTask',
  method: 'GET',
  path: '/api/v1/tasks/{id}',
  access: 'account',
  tag: 'Tasks',
  summary: 'Read a task',
  description:
    'Poll it until `status` is `completed`, `failed` or `canceled`, or send `Prefer: wait=60` and be answered at the end. A failed task was refunded before it shows its error.',
  params: TaskParams,
  headers: PreferHeaders,
  answers: { 200: { description: 'The task', data: Task } },
  errors: ['TASK_NOT_FOUND'],
  run,
}
