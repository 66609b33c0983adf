import { z } from 'zod'
import { createRequestOf } from '../http/create-request-of.ts'
import { bodyOf } from '../http/json-body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { createdInTime } from '../tasks/answer-in-time.ts'
import { createdTaskView } from '../orders/created-task-view.ts'
import { parseUpscaleOrder } from '../orders/parse-upscale-order.ts'
import { CREATE_ERRORS } from '../orders/create-errors.ts'
import { CREATE_ANSWER_HEADERS, CreateHeaders } from '../orders/create-headers.ts'
import { startUpscale } from '../orders/start-upscale.ts'
import { CREATED_TASK } from '../tasks/task-examples.ts'
import { AwaitedTask, CreatedTask } from '../tasks/task-schema.ts'
import { UpscaleBody } from '../orders/upscale-body.ts'

const run: Operation = async (ctx, req, res) => {
  const order = parseUpscaleOrder(bodyOf(req), ctx.policy)
  const task = await startUpscale(ctx, callerOf(req), order, createRequestOf(ctx, req, res))
  res.setHeader('Location', `/api/v1/tasks/${task.taskId}`)
  const awaited = await createdInTime(ctx, req, res, task)
  succeed(res, { ...createdTaskView(task), ...awaited })
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
  headers: CreateHeaders,
  body: UpscaleBody,
  answers: {
    200: {
      description: 'Paid for and started',
      data: z.union([CreatedTask, AwaitedTask]),
      example: CREATED_TASK,
      headers: CREATE_ANSWER_HEADERS,
    },
  },
  errors: CREATE_ERRORS,
  run,
}
