import { TASK_STAGES } from '@upscale/types'
import { z } from 'zod'
import {
  CanceledTask,
  CompletedTask,
  FailedTask,
  PendingTask,
  Timestamp,
} from '../tasks/task-schema.ts'

const base = {
  seq: z.int().min(0).describe('Rises by at least 1; also the `id` in the stream'),
  at: Timestamp,
}
const { id, eta_seconds, queue_position, progress } = PendingTask.shape

const ProgressEvent = z
  .object({
    ...base,
    type: z.enum(['task.created', 'task.stage', 'task.progress']),
    task: z.object({
      id,
      status: z.enum(['pending', 'processing']),
      stage: z.enum(TASK_STAGES),
      progress,
      eta_seconds,
      queue_position,
    }),
  })
  .meta({ id: 'ProgressEvent' })
const CompletedEvent = z.object({
  ...base,
  type: z.literal('task.completed'),
  task: CompletedTask,
})
const FailedEvent = z.object({ ...base, type: z.literal('task.failed'), task: FailedTask })
const CanceledEvent = z.object({ ...base, type: z.literal('task.canceled'), task: CanceledTask })

export const StreamedEvent = z
  .union([ProgressEvent, CompletedEvent, FailedEvent, CanceledEvent])
  .meta({ id: 'StreamedEvent', description: 'The last one of a task carries the whole task' })

export const EventList = z.object({
  items: z.array(StreamedEvent).describe('By `seq`'),
  ended: z.boolean().describe('Nothing follows: the task has ended'),
})

export const EVENT_EXAMPLE = {
  seq: 7,
  type: 'task.progress',
  at: '2026-02-14T12:00:41.000Z',
  task: {
    id: 'task_4fJq9ZbTn2xWc7Lr8KdYs1Vm',
    status: 'processing',
    stage: 'upscaling',
    progress: 0.42,
    eta_seconds: 61,
    queue_position: null,
  },
} as const
