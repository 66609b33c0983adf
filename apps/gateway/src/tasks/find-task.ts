import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import type { TaskId } from '@upscale/types'
import DataLoader from 'dataloader'
import type { Caller } from '../accounts/caller.ts'
import { TASK_OF_O_AND_T, rowFromJson, stateFrom } from './task-row.ts'
import type { TaskRow } from './task-row.ts'
import type { ShownOrder, Task } from './task.ts'

type Owner = Pick<Caller, 'accountId' | 'livemode'>

type FoundTask =
  | { isRecorded: false; order: ShownOrder; queuePosition: number }
  | { isRecorded: true; task: Task; isWatchDue: boolean }

/** The caller's task: its row, or its order alone while nothing is recorded yet. */
export type FindTask = (owner: Owner, taskId: TaskId) => Promise<FoundTask | undefined>

const MAX_PLACES = 16

/**
 * Finds with one query what is asked for in one turn of the event loop: many pollers cost little more than
 * one.
 */
export function createFindTask(pool: Pool): FindTask {
  const findOne = prepare<PlacedRow>(pool, 'find_task', findTasks(1))
  const findMany = prepare<PlacedRow>(pool, 'find_tasks', findTasks(MAX_PLACES))
  const findAll = async (wanted: readonly Wanted[]): Promise<(FoundTask | undefined)[]> => {
    const rows = await (wanted.length === 1 ? findOne(wanted.flat()) : findMany(filled(wanted)))
    const found = new Map(rows.map(({ place, found }) => [place, foundTask(found)]))
    return wanted.map((_, place) => found.get(place))
  }
  const loader = new DataLoader(findAll, {
    cache: false,
    maxBatchSize: MAX_PLACES,
    batchScheduleFn: setImmediate, // by then the turn has read what else came in
  })
  return async ({ accountId, livemode }, taskId) => await loader.load([taskId, accountId, livemode])
}

type Wanted = [taskId: TaskId, accountId: string, livemode: boolean]

const filled = (wanted: readonly Wanted[]): unknown[] =>
  Array.from({ length: MAX_PLACES }, (_, place) => wanted[place] ?? NOTHING).flat()

const NOTHING = [null, null, null]

interface PlacedRow {
  place: number
  found: Record<string, unknown>
}

// Each place is looked up by itself, through the key: a plan that is made once must not depend on how
// many are wanted. The place in the queue is the order's, so that it does not jump when the task is
// recorded. All in one column: pg looks at each column by itself, which would cost a poll an eighth of its
// time.
const findTasks = (places: number): string => `
  select wanted.place, found.found from (values ${valuesOf(places)})
    as wanted (place, task_id, account_id, livemode)
  cross join lateral (select row_to_json(task) as found from (
    select ${TASK_OF_O_AND_T},
      case when coalesce(t.status, 'pending') = 'pending' then (
        select count(*)::int4 + 1 from gateway.task p
        where p.status = 'pending' and p.created_at < o.created_at) end as "queuePosition",
      t.completed_at is null and coalesce(t.watched_at < now() - interval '1 second', true)
        as "isWatchDue"
    from gateway.task_order o left join gateway.task t on t.task_id = o.task_id
    where o.task_id = wanted.task_id and o.account_id = wanted.account_id
      and o.livemode = wanted.livemode
    limit 1) task) found`

const valuesOf = (places: number): string =>
  Array.from({ length: places }, (_, place) => {
    const [taskId, accountId, livemode] = [1, 2, 3].map((number) => `$${3 * place + number}`)
    return `(${place}, ${taskId}::text, ${accountId}::text, ${livemode}::bool)`
  }).join(', ')

type RecordedRow = TaskRow & { isWatchDue: boolean }
type UnrecordedRow = ShownOrder & { status: null; queuePosition: number }

function foundTask(found: Record<string, unknown>): FoundTask {
  const row = rowFromJson(found) as RecordedRow | UnrecordedRow
  if (row.status === null) {
    return { isRecorded: false, order: row, queuePosition: row.queuePosition }
  }
  return { isRecorded: true, task: stateFrom(row), isWatchDue: row.isWatchDue }
}
