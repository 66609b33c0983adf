import { sql } from 'kysely'
import { CURSOR_TIME, decodeCursor, encodeCursor } from '@upscale/db'
import type { AccountId, TaskId, TaskStatus } from '@upscale/types'
import type { Page, Paged, TimeRange } from '@upscale/workflows/activities'
import type { GatewayDb } from '../db/schema/index.ts'

/** What the gateway itself knows of a job. */
export interface JobRow {
  taskId: TaskId
  /** null: there is no order. */
  accountId: AccountId | null
  /** null: nothing is recorded. */
  status: TaskStatus | null
}

/** One row for each of the ids, in their order. */
export async function readJobRows(db: GatewayDb, taskIds: readonly TaskId[]): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    select id.task_id, o.account_id, t.status
    from unnest(${[...taskIds]}::text[]) with ordinality as id (task_id, place)
    left join gateway.task_order o on o.task_id = id.task_id
    left join gateway.task t on t.task_id = id.task_id
    order by id.place`.execute(db)
  return rows
}

/** Rows that have not ended and are older than `olderThanMs`, oldest first. */
export async function listOpenRows(
  db: GatewayDb,
  { limit, after, olderThanMs }: Page & { olderThanMs: number },
): Promise<Paged<JobRow>> {
  const { at, taskId } = placeFrom(after)
  const { rows } = await sql<JobRow & { place: Date }>`
    select t.task_id, o.account_id, t.status, t.created_at as place
    from gateway.task t join gateway.task_order o on o.task_id = t.task_id
    where t.status in ('pending', 'processing')
      and t.created_at < now() - ${olderThanMs} * interval '1 millisecond'
      and (t.created_at, t.task_id) > (${at}::timestamptz, ${taskId})
    order by t.created_at, t.task_id
    limit ${limit}`.execute(db)
  return {
    items: rows.map(({ taskId, accountId, status }) => ({ taskId, accountId, status })),
    next: nextOf(rows, limit),
  }
}

/** Tasks that were delivered in the time range, oldest delivery first. */
export async function listDeliveredTasks(
  db: GatewayDb,
  { limit, after, fromMs, toMs }: Page & TimeRange,
): Promise<Paged<TaskId>> {
  const { at, taskId } = placeFrom(after)
  const { rows } = await sql<{ taskId: TaskId; place: Date }>`
    select task_id, completed_at as place from gateway.task
    where status = 'completed'
      and completed_at >= ${new Date(fromMs)} and completed_at < ${new Date(toMs)}
      and (completed_at, task_id) > (${at}::timestamptz, ${taskId})
    order by completed_at, task_id
    limit ${limit}`.execute(db)
  return { items: rows.map((row) => row.taskId), next: nextOf(rows, limit) }
}

const PLACE = [CURSOR_TIME, /^task_[A-Za-z0-9]+$/] as const

function placeFrom(after: string | undefined): { at: string; taskId: string } {
  const [at = '-infinity', taskId = ''] = after === undefined ? [] : decodeCursor(after, PLACE)
  return { at, taskId }
}

function nextOf(rows: readonly { taskId: TaskId; place: Date }[], limit: number): string | null {
  const last = rows.at(-1)
  return last && rows.length === limit
    ? encodeCursor([last.place.toISOString(), last.taskId])
    : null
}
