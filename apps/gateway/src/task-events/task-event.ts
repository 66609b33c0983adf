import type { TaskId, TaskStage, TaskStatus } from '@upscale/types'
import type { Task } from '../tasks/task.ts'
import { hasEnded } from '../tasks/task-state.ts'
import type { TaskState } from '../tasks/task-state.ts'
import type { TaskView } from '../tasks/task-view.ts'
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

/** An end has no body: its event carries the whole task, which is read from the row. */
export type TaskNotice = { taskId: TaskId; seq: number; at: string } & (
  { type: ProgressEvent['type']; body: EventBody } | { type: WebhookType; body: null }
)

/** An event as its customer sees it. */
export type TaskEvent = ProgressEvent | EndEvent

export interface ProgressEvent {
  seq: number
  type: 'task.created' | 'task.stage' | 'task.progress'
  /** ISO 8601. */
  at: string
  task: { id: TaskId } & EventBody
}

/** The last event of a task; it stands in no table, its row tells it. */
export interface EndEvent {
  seq: number
  type: WebhookType
  at: string
  task: TaskView
}

/** An event that was kept or told. */
export const progressEvent = (
  id: TaskId,
  { seq, type, at, body }: Omit<ProgressEvent, 'task'> & { body: EventBody },
): ProgressEvent => ({ seq, type, at, task: { id, ...body } })

/** The end of a task; undefined while it goes on. `view` is the whole task as it is shown. */
export function endEvent(
  { status, eventSeq, completedAt }: Pick<Task, 'status' | 'eventSeq' | 'completedAt'>,
  view: () => TaskView,
): EndEvent | undefined {
  if (!completedAt) return undefined
  const type = `task.${status}` as WebhookType
  return { seq: eventSeq, type, at: completedAt.toISOString(), task: view() }
}

/** Nothing follows it, unless an operator runs the task again. */
export const isEnd = (event: TaskEvent): event is EndEvent => hasEnded(event.task.status)

/** Which event a recorded change is; null: nobody sees a difference. An end is told once. */
export function eventAfter(before: TaskState | undefined, after: TaskState): TaskEventType | null {
  if (hasEnded(after.status)) {
    return before?.status === after.status ? null : (`task.${after.status}` as WebhookType)
  }
  if (!before) return 'task.created'
  return before.stage === after.stage && before.status === after.status ? null : 'task.stage'
}
