import { sql } from 'kysely'
import type {
  AccountId,
  RequestId,
  TaskError,
  TaskId,
  TaskStage,
  TaskStatus,
  UpscaleFactor,
} from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'

/** What the gateway itself knows of a task, for its timeline. */
export interface TaskFacts {
  requestId: RequestId
  accountId: AccountId
  model: string
  factor: UpscaleFactor
  /** The only part of the source's URL that is no secret. */
  sourceHost: string
  createdAt: Date
  /** null: nothing is recorded. */
  row: TaskRow | null
}

interface TaskRow {
  status: TaskStatus
  stage: TaskStage
  progress: number
  attempts: number
  parkedAt: Date | null
  completedAt: Date | null
  changedAt: Date
  error: TaskError | null
}

type Joined = Omit<TaskFacts, 'sourceHost' | 'row'> & { videoUrl: string | null } & (
    TaskRow | { status: null }
  )

/** Undefined: there is no order. */
export async function readTaskFacts(db: GatewayDb, taskId: TaskId): Promise<TaskFacts | undefined> {
  const { rows } = await sql<Joined>`
    select o.request_id, o.account_id, o.model, o.upscale_factor as factor, o.video_url, o.created_at,
      t.status, t.stage, t.progress, t.attempts, t.parked_at, t.completed_at, t.changed_at, t.error
    from gateway.task_order o left join gateway.task t on t.task_id = o.task_id
    where o.task_id = ${taskId}`.execute(db)
  const [found] = rows
  if (!found) return undefined
  const { requestId, accountId, model, factor, createdAt, videoUrl } = found
  return {
    requestId,
    accountId,
    model,
    factor,
    createdAt,
    sourceHost: (videoUrl && URL.parse(videoUrl)?.host) ?? 'unknown',
    row: found.status === null ? null : found,
  }
}
