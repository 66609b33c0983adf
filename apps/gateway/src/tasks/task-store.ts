import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import { sql } from 'kysely'
import type { TaskId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import { randomBase62 } from '../random-id.ts'
import { eventBodyOf, noticeOf } from '../task-events/event-sql.ts'
import { eventAfter } from '../task-events/task-event.ts'
import type { TaskOrder } from '../orders/order-store.ts'
import { STATE, STATE_OF_T, snake, stateFrom } from './task-row.ts'
import type { StateRow } from './task-row.ts'
import type { TaskState, TaskTransaction } from './task-state.ts'

// `xmin` names the version of a row: each write of anybody gives it another.
const READ_TASK = `
  select o.created_at as "createdAt", o.account_id as "accountId", o.livemode, t.xmin::text as version, ${STATE_OF_T}
  from gateway.task_order o left join gateway.task t on t.task_id = o.task_id
  where o.task_id = $1`

const JSON_COLUMNS: readonly string[] = ['media', 'output', 'timings', 'error']
const SAVED = [...STATE.map(snake), 'transactions']
const FIXED = 8
// A canceled task was asked to be, whoever noted it first; one that is run again was not.
const CANCEL_REQUESTED_AT = `case
  when excluded.status = 'canceled' then coalesce(t.cancel_requested_at, excluded.changed_at)
  when t.completed_at is null or excluded.completed_at is not null then t.cancel_requested_at end`
// What is delivered for a deleted task is over at once; what is new in the store is to be removed anew.
const EXPIRES_AT = 'case when t.deleted_at is null then excluded.expires_at else t.deleted_at end'
const REMOVED_AT = `case when excluded.completed_at is not null
  and excluded.output_key is not distinct from t.output_key then t.removed_at end`
// One statement, so that nothing of a change is told that is not written, nor the other way round. A new
// task is not looked at at once: what runs shorter than that tells its end by itself.
const SAVE_TASK = `
  with saved as (
    insert into gateway.task as t
      (task_id, account_id, livemode, created_at, checked_at, event_seq, ${SAVED.join(', ')})
    values ($1, $2, $3, $4, now(), ($6::text is not null)::int,
      ${SAVED.map((_, i) => `$${i + FIXED + 1}`).join(', ')})
    on conflict (task_id) do update set
      event_seq = t.event_seq + ($6::text is not null)::int,
      cancel_requested_at = ${CANCEL_REQUESTED_AT},
      removed_at = ${REMOVED_AT},
      ${SAVED.map((name) => `${name} = ${name === 'expires_at' ? EXPIRES_AT : `excluded.${name}`}`).join(', ')}
      where t.xmin::text = $5
    returning t.*),
  event as (
    insert into gateway.task_event (task_id, seq, type, at, body)
    select s.task_id, s.event_seq, $6, s.changed_at, ${eventBodyOf('s')}
    from saved s where $6 in ('task.created', 'task.stage')
    returning task_id, body),
  delivery as (
    insert into gateway.webhook_delivery
      (delivery_id, webhook_id, account_id, livemode, task_id, type, url, next_attempt_at)
    select $7, $8, o.account_id, o.livemode, o.task_id, $6, o.webhook_url, now()
    from saved s join gateway.task_order o on o.task_id = s.task_id
    where o.webhook_url is not null and $6 = any (o.webhook_events))
  select case when $6 is not null then
    ${noticeOf({ task: 's', type: '$6', at: 's.changed_at', body: 'e.body' })} end
  from saved s left join event e on e.task_id = s.task_id`

/** State and ledger lines of a task. */
export interface RecordedTask {
  state: TaskState
  transactions: TaskTransaction[]
}

/**
 * Saves what `decide` makes of a task; of the newest one, where somebody wrote it meanwhile. False: it
 * made nothing of it. `undefined` is a task that is not recorded yet.
 */
export type ChangeTask = (
  taskId: TaskId,
  decide: (
    known: RecordedTask | undefined,
    order: Pick<TaskOrder, 'livemode'>,
  ) => RecordedTask | undefined,
) => Promise<boolean>

/** The task was refused to its customer, or its order was swept: nobody has its id. */
export class NoOrder extends Error {
  override readonly name = 'NoOrder'
}

const MAX_TRIES = 20 // writers of one task at once: its change, the progress watcher, its readers

export function createChangeTask(pool: Pool): ChangeTask {
  type Row = Pick<TaskOrder, 'accountId' | 'livemode' | 'createdAt'> &
    ((StateRow & { version: string }) | { version: null; status: null })
  const read = prepare<Row>(pool, 'read_task', READ_TASK)
  const save = prepare(pool, 'save_task', SAVE_TASK)
  return async (taskId, decide) => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [row] = await read([taskId])
      if (!row) throw new NoOrder(`There is no order for ${taskId}`)
      const known = row.version === null ? undefined : recordedFrom(row)
      const next = decide(known, row)
      if (!next) return false
      const { accountId, livemode, createdAt, version } = row
      const event = eventAfter(known?.state, next.state)
      const ids = [`whd_${randomBase62(24)}`, `msg_${randomBase62(24)}`]
      const fixed = [taskId, accountId, livemode, createdAt, version, event, ...ids]
      const saved = await save([...fixed, ...valuesOf(next)])
      if (saved.length > 0) return true
    }
    throw new Error(`Others kept writing ${taskId}`)
  }
}

const recordedFrom = ({ transactions, ...row }: StateRow): RecordedTask => ({
  state: stateFrom(row),
  transactions,
})

const valuesOf = ({ state, transactions }: RecordedTask): unknown[] => [
  ...STATE.map((name) => {
    const value = state[name]
    return value !== null && JSON_COLUMNS.includes(name) ? JSON.stringify(value) : value
  }),
  JSON.stringify(transactions),
]

/** Notes that its customer asked to cancel a task that goes on; the first time counts. */
export async function markCancelRequested(
  db: GatewayDb,
  { taskId, accountId, livemode }: Pick<TaskOrder, 'taskId' | 'accountId' | 'livemode'>,
): Promise<void> {
  await sql`
    update gateway.task set cancel_requested_at = coalesce(cancel_requested_at, now())
    where task_id = ${taskId} and account_id = ${accountId} and livemode = ${livemode}
      and completed_at is null`.execute(db)
}

/** Notes that these tasks are looked at, each at most every three seconds. */
export async function markAllWatched(db: GatewayDb, taskIds: readonly TaskId[]): Promise<void> {
  await sql`
    update gateway.task set watched_at = now()
    where task_id = any (${[...taskIds]}::text[]) and completed_at is null
      and coalesce(watched_at < now() - interval '3 seconds', true)`.execute(db)
}

/** Notes that somebody looks at an unfinished task, at most once a second. */
export async function markWatched(db: GatewayDb, taskId: TaskId): Promise<void> {
  await sql`
    update gateway.task set watched_at = now()
    where task_id = ${taskId} and completed_at is null
      and coalesce(watched_at < now() - interval '1 second', true)`.execute(db)
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
