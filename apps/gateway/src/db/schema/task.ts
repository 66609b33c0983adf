import type { ColumnType, Generated } from 'kysely'
import type {
  AccountId,
  MediaFacts,
  OutputFacts,
  TaskError,
  TaskId,
  TaskStage,
  TaskStatus,
} from '@upscale/types'
import type { AttemptTimings, TaskTransaction } from '../../tasks/task-state.ts'

type Json<T> = ColumnType<T, string | null, string | null>

/** The read model of a job: `recordTask` and the progress watcher write it. */
export interface TaskTable {
  taskId: TaskId
  accountId: AccountId
  livemode: boolean
  /** Of the order: the place in the queue. */
  createdAt: Date
  status: TaskStatus
  stage: TaskStage
  /** Workflow time of the last recorded change. */
  changedAt: Date
  parkedAt: Date | null
  progress: number
  etaSeconds: number | null
  attempts: number
  attemptsBefore: number
  media: Json<MediaFacts | null>
  creditsUsed: bigint | null
  creditsPerSecond: bigint | null
  /** Balance right after the debit of its creation. */
  creditsRemaining: bigint | null
  outputKey: string | null
  output: Json<OutputFacts | null>
  timings: Json<AttemptTimings | null>
  error: Json<TaskError | null>
  transactions: ColumnType<TaskTransaction[], string, string>
  startedAt: Date | null
  completedAt: Date | null
  expiresAt: Date | null
  /** When somebody last read the unfinished task, to the second. */
  watchedAt: Date | null
  /** When its progress was last asked for. */
  checkedAt: Date | null
  /** Number of its newest event. */
  eventSeq: Generated<number>
  cancelRequestedAt: Date | null
  /** When its customer deleted it. */
  deletedAt: Date | null
  /** When what its attempts stored left the object store. */
  removedAt: Date | null
}
