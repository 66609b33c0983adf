import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import type { TaskId } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { TaskOrder } from './order-store.ts'
import type { Task } from './task.ts'
import type { TaskTransaction } from './task-state.ts'
import { stateFrom } from './task-store.ts'
import type { StateRow } from './task-store.ts'

type FoundTask =
  { isRecorded: false; order: TaskOrder } | { isRecorded: true; task: Task; isWatchDue: boolean }

// As text, prepared once per connection: every poll runs it.
const FIND_TASK = `
  select o.task_id as "taskId", o.account_id as "accountId", o.livemode,
    o.request_id as "requestId", o.model, o.video_url as "videoUrl",
    o.upscale_factor as "upscaleFactor", o.metadata, o.created_at as "createdAt",
    t.status, t.stage, t.changed_at as "changedAt", t.parked_at as "parkedAt", t.progress,
    t.eta_seconds as "etaSeconds", t.attempts, t.media, t.credits_used as "creditsUsed",
    t.credits_per_second as "creditsPerSecond", t.output_key as "outputKey", t.output, t.timings,
    t.error, t.transactions, t.started_at as "startedAt", t.completed_at as "completedAt",
    t.expires_at as "expiresAt",
    case when t.status = 'pending' then (select count(*)::int4 + 1 from gateway.task p
      where p.status = 'pending' and p.created_at < t.created_at) end as "queuePosition",
    t.completed_at is null and coalesce(t.watched_at < now() - interval '1 second', true)
      as "isWatchDue"
  from gateway.task_order o left join gateway.task t on t.task_id = o.task_id
  where o.task_id = $1 and o.account_id = $2 and o.livemode = $3`

type RecordedRow = TaskOrder &
  StateRow & { transactions: TaskTransaction[]; queuePosition: number | null; isWatchDue: boolean }
type Row = RecordedRow | (TaskOrder & { status: null })

type Owner = Pick<Caller, 'accountId' | 'livemode'>

/** The caller's task in one query: its row, or its order alone while nothing is recorded yet. */
export type FindTask = (owner: Owner, taskId: TaskId) => Promise<FoundTask | undefined>

export function createFindTask(pool: Pool): FindTask {
  const query = prepare<Row>(pool, 'find_task', FIND_TASK)
  return async ({ accountId, livemode }, taskId) => {
    const [row] = await query([taskId, accountId, livemode])
    if (!row) return undefined
    if (row.status === null) return { isRecorded: false, order: row }
    return { isRecorded: true, task: stateFrom(row), isWatchDue: row.isWatchDue }
  }
}
