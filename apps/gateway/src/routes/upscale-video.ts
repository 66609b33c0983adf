import { bodyOf } from '../http/json-body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { createdTaskView } from '../tasks/created-task-view.ts'
import { UpscaleBody, parseUpscaleOrder } from '../tasks/parse-upscale-order.ts'
import { CREATE_ERRORS } from '../tasks/create-errors.ts'
import { startUpscale } from '../tasks/start-upscale.ts'
import { CreatedTask } from '../tasks/task-schema.ts'

const run: Operation = async (ctx, req, res) => {
  const order = parseUpscaleOrder(bodyOf(req))
  const task = await startUpscale(ctx, callerOf(req), order, req.requestId)
  res.setHeader('Location', `/api/v1/tasks/${task.taskId}`)
  succeed(res, createdTaskView(task))
}

export const upscaleVideo: Endpoint = {
  id: 'upscaleVideo',
  method: 'POST',
  path: '/api/v1/tools/upscale-video',
  access: 'account',
  limit: 'creates',
  tag: 'Upscale',
  summary: 'Upscale a video',
  description:
    'Reads the duration of the video, charges credits per second at once, and starts a task. After a refusal no credits have moved and no task exists.',
  body: UpscaleBody,
  answers: {
    200: {
      description: 'Paid for and started',
      data: CreatedTask,
      headers: { Location: 'Path of the task' },
    },
  },
  errors: CREATE_ERRORS,
  run,
}
