import { sql } from 'kysely'
import type { Selectable, Transaction } from 'kysely'
import { toCredits } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { GatewayDb, GatewayTables } from '../db/schema/index.ts'
import type { TaskTable } from '../db/schema/task.ts'
import type { TaskState, TaskTransaction } from './task-state.ts'

const STATE = [
  'status',
  'stage',
  'changedAt',
  'parkedAt',
  'progress',
  'etaSeconds',
  'attempts',
  'media',
  'creditsUsed',
  'creditsPerSecond',
  'outputKey',
  'output',
  'timings',
  'error',
  'startedAt',
  'completedAt',
  'expiresAt',
] as const satisfies (keyof TaskState)[]

/** The state as it stands in the table. */
export type StateRow = Pick<Selectable<TaskTable>, (typeof STATE)[number]>

/** Credits are bigint in the database, numbers in JSON. */
export const stateFrom = <Row extends StateRow>(row: Row) => ({
  ...row,
  creditsUsed: row.creditsUsed === null ? null : toCredits(row.creditsUsed),
  creditsPerSecond: row.creditsPerSecond === null ? null : toCredits(row.creditsPerSecond),
})

/** The order's date, the present state and its lines; nobody else records this task until the end. */
export async function lockTask(
  trx: Transaction<GatewayTables>,
  taskId: TaskId,
): Promise<LockedTask | undefined> {
  const found = await trx
    .selectFrom('gateway.taskOrder as ordered')
    .leftJoin('gateway.task as task', 'task.taskId', 'ordered.taskId')
    .select('ordered.createdAt')
    .select(STATE.map((column) => `task.${column}` as const))
    .select('task.transactions')
    .where('ordered.taskId', '=', taskId)
    .forUpdate('ordered')
    .executeTakeFirst()
  if (!found) return undefined
  const { createdAt, transactions, ...row } = found
  const state = row.status === null ? undefined : stateFrom(row as StateRow)
  return { createdAt, state, transactions: transactions ?? [] }
}

export interface LockedTask {
  createdAt: Date
  state: TaskState | undefined
  transactions: TaskTransaction[]
}

export async function saveTask(
  trx: Transaction<GatewayTables>,
  task: { taskId: TaskId; createdAt: Date; state: TaskState; transactions: TaskTransaction[] },
): Promise<void> {
  const { taskId, createdAt, state } = task
  const { creditsUsed, creditsPerSecond, media, output, timings, error } = state
  const row = {
    ...state,
    creditsUsed: creditsUsed === null ? null : BigInt(creditsUsed),
    creditsPerSecond: creditsPerSecond === null ? null : BigInt(creditsPerSecond),
    media: media && JSON.stringify(media),
    output: output && JSON.stringify(output),
    timings: timings && JSON.stringify(timings),
    error: error && JSON.stringify(error),
    transactions: JSON.stringify(task.transactions),
  }
  await trx
    .insertInto('gateway.task')
    .values({ taskId, createdAt, ...row })
    .onConflict((conflict) => conflict.column('taskId').doUpdateSet(row))
    .execute()
}

/** Notes that somebody looks at an unfinished task, at most once a second. */
export async function markWatched(db: GatewayDb, taskId: TaskId): Promise<void> {
  await sql`
    update gateway.task set watched_at = now()
    where task_id = ${taskId} and completed_at is null
      and coalesce(watched_at < now() - interval '1 second', true)`.execute(db)
}

/** Place in the queue of a task that was created then; 1 is next. */
export async function queuePositionAt(db: GatewayDb, createdAt: Date): Promise<number> {
  const { ahead } = await db
    .selectFrom('gateway.task')
    .select(sql<number>`count(*)::int4`.as('ahead'))
    .where('status', '=', 'pending')
    .where('createdAt', '<', createdAt)
    .executeTakeFirstOrThrow()
  return ahead + 1
}

/** The stored result under an object key, as long as it may be shown. */
export async function findResult(db: GatewayDb, outputKey: string) {
  const row = await db
    .selectFrom('gateway.task')
    .select('output')
    .where('outputKey', '=', outputKey)
    .where('status', '=', 'completed')
    .where('expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return row?.output ?? undefined
}
