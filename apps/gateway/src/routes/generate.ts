import { z } from 'zod'
import { createRequestOf } from '../http/create-request-of.ts'
import { bodyOf } from '../http/json-body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { createdInTime } from '../tasks/answer-in-time.ts'
import { generatedTaskView } from '../orders/created-task-view.ts'
import { CREATE_ERRORS } from '../orders/create-errors.ts'
import { CREATE_ANSWER_HEADERS, CreateHeaders } from '../orders/create-headers.ts'
import { parseGenerateOrder } from '../orders/parse-upscale-order.ts'
import { startUpscale } from '../orders/start-upscale.ts'
import { GENERATED_TASK } from '../tasks/task-examples.ts'
import { AwaitedTask, GeneratedTask } from '../tasks/task-schema.ts'
import { GenerateBody } from '../orders/upscale-body.ts'

const run: Operation = async (ctx, req, res) => {
  const order = parseGenerateOrder(bodyOf(req), ctx.policy)
  const task = await startUpscale(ctx, callerOf(req), order, createRequestOf(ctx, req, res))
  res.setHeader('Location', `/api/v1/tasks/${task.taskId}`)
  const awaited = await createdInTime(ctx, req, res, task)
  succeed(res, { ...generatedTaskView(task), ...awaited })
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
  headers: CreateHeaders,
  body: GenerateBody,
  answers: {
    200: {
      description: 'Paid for and started',
      data: z.union([GeneratedTask, AwaitedTask]),
      example: GENERATED_TASK,
      headers: CREATE_ANSWER_HEADERS,
    },
  },
  errors: ['MISSING_MODEL', 'INVALID_MODEL', ...CREATE_ERRORS],
  run,
}
