import { bodyOf } from '../http/json-body.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { createdTaskView } from '../tasks/created-task-view.ts'
import { parseUpscaleOrder } from '../tasks/parse-upscale-order.ts'
import { startUpscale } from '../tasks/start-upscale.ts'

export const upscaleVideo: Operation = async (ctx, req, res) => {
  const order = parseUpscaleOrder(bodyOf(req))
  const task = await startUpscale(ctx, callerOf(req), order, req.requestId)
  res.setHeader('Location', `/api/v1/tasks/${task.taskId}`)
  succeed(res, createdTaskView(task))
}
