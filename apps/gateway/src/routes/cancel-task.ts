import { clientGone } from '../http/client-gone.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { PreferHeaders } from '../http/prefer-wait.ts'
import { answerInTime } from '../tasks/answer-in-time.ts'
import { cancelTask as cancel } from '../tasks/cancel-task.ts'
import { CANCELED_TASK } from '../tasks/task-examples.ts'
import { Task, TaskParams } from '../tasks/task-schema.ts'

const run: Operation = async (ctx, req, res) => {
  const task = await cancel(ctx, callerOf(req), String(req.params['id']), clientGone(res))
  succeed(res, await answerInTime(ctx, req, res, task))
}

export const cancelTask: Endpoint = {
  id: 'cancelTask',
  method: 'POST',
  path: '/api/v1/tasks/{id}/cancel',
  access: 'account',
  tag: 'Tasks',
  summary: 'Cancel a task',
  description:
    'Needs no body, and may be repeated. Before the upscaling has begun, and while no attempt runs, the task ends `canceled` with a full refund. During `upscaling` the answer is the task in `processing` with `cancel_requested_at`; it ends `canceled` a moment later, and the part that is not done goes back: `creditsUsed − ceil(creditsUsed × p / 100)`, p being the whole percent done. If it finished first it ends `completed`, without a refund. From `finalizing` on it cannot be canceled. A repeat is answered with the same task while it stops and once it is canceled; with `TASK_NOT_CANCELABLE` once it has ended otherwise, whoever asked before.',
  params: TaskParams,
  headers: PreferHeaders,
  answers: {
    200: {
      description: 'The task: canceled, or asked to stop',
      data: Task,
      example: CANCELED_TASK,
    },
  },
  errors: ['TASK_NOT_FOUND', 'TASK_NOT_CANCELABLE'],
  run,
}
