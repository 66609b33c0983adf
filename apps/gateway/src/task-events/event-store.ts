import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import type { AccountId, TaskId } from '@upscale/types'
import type { Task } from '../tasks/task.ts'
import { TASK_OF_O_AND_T, stateFrom } from '../tasks/task-row.ts'
import type { TaskRow } from '../tasks/task-row.ts'
import { isoOf } from './event-sql.ts'
import { progressEvent } from './task-event.ts'
import type { EventBody, ProgressEvent } from './task-event.ts'

/** Whose task, and the newest event of it that is known already. */
export interface Place {
  taskId: TaskId
  accountId: AccountId
  livemode: boolean
  after: number
}

export const placeIn = (
  { taskId, accountId, livemode }: Omit<Place, 'after'>,
  after: number,
): Place => ({ taskId, accountId, livemode, after })

/** Before every event. */
export const FROM_START = -1

/** A recorded task at one moment, and its events behind a place in their order. */
export interface Past {
  task: Task
  events: ProgressEvent[]
}

const READ_PAST = `
  select ${TASK_OF_O_AND_T}, null as "queuePosition",
    (select json_agg(json_build_object('seq', e.seq, 'type', e.type, 'at', ${isoOf('e.at')},
        'body', e.body) order by e.seq)
      from gateway.task_event e where e.task_id = t.task_id and e.seq > p.after) as kept
  from unnest($1::text[], $2::text[], $3::boolean[], $4::int4[])
      as p (task_id, account_id, livemode, after)
    join gateway.task_order o on o.task_id = p.task_id
      and o.account_id = p.account_id and o.livemode = p.livemode
    join gateway.task t on t.task_id = o.task_id`

/** What happened to each of these tasks, in one query; those that are not recorded yet are left out. */
export type ReadPast = (places: readonly Place[]) => Promise<Map<TaskId, Past>>

export function createReadPast(pool: Pool): ReadPast {
  type Kept = Omit<ProgressEvent, 'task'> & { body: EventBody }
  const query = prepare<TaskRow & { kept: Kept[] | null }>(pool, 'read_past', READ_PAST)
  return async (places) => {
    const rows = await query([
      places.map(({ taskId }) => taskId),
      places.map(({ accountId }) => accountId),
      places.map(({ livemode }) => livemode),
      places.map(({ after }) => after),
    ])
    return new Map(
      rows.map(({ kept, ...row }) => {
        const events = (kept ?? []).map((event) => progressEvent(row.taskId, event))
        return [row.taskId, { task: stateFrom(row), events }]
      }),
    )
  }
}
