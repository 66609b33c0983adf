import { MODEL } from '@upscale/types'
import type { TaskOrder } from './order-store.ts'
import type { Paid } from './paid.ts'
import { inputView } from '../tasks/task-view.ts'

/** A task as it was admitted. */
export type CreatedTask = TaskOrder & Paid

/** Answer of `POST /tools/upscale-video`: exactly these fields. */
export const createdTaskView = (task: CreatedTask) => ({
  id: task.taskId,
  model: MODEL,
  status: 'pending',
  input: inputView(task),
  creditsUsed: task.creditsUsed,
  creditsRemaining: task.creditsRemaining,
  createdAt: task.createdAt.toISOString(),
})

/** Answer of `POST /generate`: the same without `input`. */
export const generatedTaskView = (task: CreatedTask) => {
  const { input: _, ...view } = createdTaskView(task)
  return view
}
