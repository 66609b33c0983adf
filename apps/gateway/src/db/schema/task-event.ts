import type { ColumnType } from 'kysely'
import type { TaskId } from '@upscale/types'
import type { EventBody } from '../../task-events/task-event.ts'

/** What happened to a task until its end, which its row tells. Only the newest progress is kept. */
export interface TaskEventTable {
  taskId: TaskId
  seq: number
  type: 'task.created' | 'task.stage' | 'task.progress'
  at: Date
  body: ColumnType<EventBody, never, never>
}
