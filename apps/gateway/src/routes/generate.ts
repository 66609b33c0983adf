import { bodyOf } from '../http/json-body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { generatedTaskView } from '../tasks/created-task-view.ts'
import { CREATE_ERRORS } from '../tasks/create-errors.ts'
import { GenerateBody, parseGenerateOrder } from '../tasks/parse-upscale-order.ts'
import { startUpscale } from '../tasks/start-upscale.ts'
import { GeneratedTask } from '../tasks/task-schema.ts'

const run: Operation = async (ctx, req, res) => {
  const order = parseGenerateOrder(bodyOf(req))
  const task = await startUpscale(ctx, callerOf(req), order, req.requestId)
  res.setHeader('Location', `/api/v1/tasks/${task.taskId}`)
  succeed(res, generatedTaskView(task))
}

export const generate: Endpoint = {
  id: 'generate',
  method: 'POST',
  path: '/api/v1/generate',
  access: 'account',
  limit: 'creates',
  tag: 'Upscale',
  summary: 'Upscale a video, by model',
  description:
    'The same as `POST /tools/upscale-video`, for clients that name a model and its `input`. Input fields that the model does not know are ignored.',
  body: GenerateBody,
  answers: {
    200: {
      description: 'Paid for and started',
      data: GeneratedTask,
      headers: { Location: 'Path of the task' },
    },
  },
  errors: ['MISSING_MODEL', 'INVALID_MODEL', ...CREATE_ERRORS],
  run,
}
