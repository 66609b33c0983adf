import { CURSOR_TIME, decodeCursor, encodeCursor, prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import type { Caller } from '../accounts/caller.ts'
import type { TaskFilter } from './list-tasks-query.ts'
import { TASK_OF_O_AND_T, stateFrom } from './task-row.ts'
import type { TaskRow } from './task-row.ts'
import type { Task } from './task.ts'

export interface TaskPage {
  tasks: Task[]
  /** The place of the next page; null: there is none. */
  next: string | null
}

// With a status another index is walked, so each shape is a statement of its own. The places in the queue
// are counted once for the whole page, and only where a task of it waits.
const listTasks = (status: string) => `
  with page as materialized (
    select t.* from gateway.task t
    where t.account_id = $1 and t.livemode = $2 ${status}
      and t.created_at > $3 and t.created_at < $4
      and (t.created_at, t.task_id) < ($5::timestamptz, $6::text)
    order by t.created_at desc, t.task_id desc
    limit $7),
  place as (
    select p.created_at, (sum(count(*)) over (order by p.created_at) - count(*) + 1)::int4 as place
    from gateway.task p
    where p.status = 'pending' and p.created_at <=
      (select max(created_at) from page where status = 'pending')
    group by p.created_at)
  select ${TASK_OF_O_AND_T},
    case when t.status = 'pending' then
      (select place from place where created_at = t.created_at) end as "queuePosition"
  from page t join gateway.task_order o on o.task_id = t.task_id
  order by t.created_at desc, t.task_id desc`

export const LIST_TASKS = listTasks('')
export const LIST_TASKS_OF_STATUS = listTasks('and t.status = $8')

/** An account's tasks, newest first; a broken cursor is an INVALID_PARAMETER. */
export type ListTasks = (
  owner: Pick<Caller, 'accountId' | 'livemode'>,
  filter: TaskFilter,
) => Promise<TaskPage>

export function createListTasks(pool: Pool): ListTasks {
  const all = prepare<TaskRow>(pool, 'list_tasks', LIST_TASKS)
  const some = prepare<TaskRow>(pool, 'list_tasks_of_status', LIST_TASKS_OF_STATUS)
  return async ({ accountId, livemode }, filter) => {
    const { limit, cursor, status, createdAfter, createdBefore } = filter
    const values = [
      accountId,
      livemode,
      createdAfter ?? '-infinity',
      createdBefore ?? 'infinity',
      ...placeFrom(cursor),
      limit + 1, // the one more tells whether another page follows
    ]
    const rows = await (status === undefined ? all(values) : some([...values, status]))
    const tasks = rows.slice(0, limit).map(stateFrom)
    const last = tasks.at(-1)
    const next = last && rows.length > limit ? cursorOf(last) : null
    return { tasks, next }
  }
}

const PLACE = [CURSOR_TIME, /^task_[A-Za-z0-9]{16,40}$/] as const
const BEFORE_ALL = ['infinity', '']

const placeFrom = (cursor: string | undefined): string[] =>
  cursor === undefined ? BEFORE_ALL : decodeCursor(cursor, PLACE)

const cursorOf = ({ createdAt, taskId }: Task): string =>
  encodeCursor([createdAt.toISOString(), taskId])
