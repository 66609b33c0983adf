import type { TaskId, TaskStage, TaskStatus } from '@upscale/types'
import { hasEnded } from '../tasks/task-state.ts'
import type { TaskState } from '../tasks/task-state.ts'
import type { WebhookType } from '../webhooks/webhook-type.ts'

/** What an event says of a task that goes on, as it stands in the table. */
export interface EventBody {
  status: TaskStatus
  stage: TaskStage
  progress: number
  eta_seconds: number | null
  queue_position: number | null
}

export type TaskEventType = 'task.created' | 'task.stage' | 'task.progress' | WebhookType

/** The database's channel on which each event is told as it is written, as a `TaskNotice` in JSON. */
export const TASK_EVENTS = 'task_event'

/** `body` is null for an end: its event carries the whole task, which is read from the row. */
export interface TaskNotice {
  taskId: TaskId
  seq: number
  type: TaskEventType
  /** ISO 8601. */
  at: string
  body: EventBody | null
}

/** Which event a recorded change is; null: nobody sees a difference. An end is told once. */
export function eventAfter(before: TaskState | undefined, after: TaskState): TaskEventType | null {
  if (hasEnded(after.status)) {
    return before?.status === after.status ? null : (`task.${after.status}` as WebhookType)
  }
  if (!before) return 'task.created'
  return before.stage === after.stage && before.status === after.status ? null : 'task.stage'
}
