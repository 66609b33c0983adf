import { sql } from 'kysely'
import type { Selectable, Transaction } from 'kysely'
import { toCredits } from '@upscale/types'
import type { AccountId, TaskId } from '@upscale/types'
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

/** Whose task it is, by the word of the workflow. Called by activities, never for a request. */
export async function findAccountOf(db: GatewayDb, taskId: TaskId): Promise<AccountId | undefined> {
  const query = db.selectFrom('gateway.taskOrder').select('accountId').where('taskId', '=', taskId)
  return (await query.executeTakeFirst())?.accountId
}

/** The order's date and the present state; until the transaction ends nobody else records this task. */
export async function lockTask(
  trx: Transaction<GatewayTables>,
  taskId: TaskId,
): Promise<{ createdAt: Date; state: TaskState | undefined }> {
  const { createdAt } = await trx
    .selectFrom('gateway.taskOrder')
    .select('createdAt')
    .where('taskId', '=', taskId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const row = await trx
    .selectFrom('gateway.task')
    .select(STATE)
    .where('taskId', '=', taskId)
    .executeTakeFirst()
  return { createdAt, state: row && stateFrom(row) }
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
