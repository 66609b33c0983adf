import { TASK_EVENTS } from './task-event.ts'

/** Place in the queue of a task row that waits, as an SQL expression. */
export const placeOf = (task: string): string => `(
  select count(*) + 1 from gateway.task p
  where p.status = 'pending' and p.created_at < ${task}.created_at)`

/** `EventBody` of a task row, as an SQL expression. */
export const eventBodyOf = (task: string): string => `json_build_object(
  'status', ${task}.status, 'stage', ${task}.stage, 'progress', ${task}.progress,
  'eta_seconds', ${task}.eta_seconds,
  'queue_position', case when ${task}.status = 'pending' then ${placeOf(task)} end)`

/** A time as events show it, as an SQL expression. */
export const isoOf = (time: string): string =>
  `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

interface NoticeParts {
  task: string
  type: string
  at: string
  body: string
}

/** Tells a `TaskNotice` to every gateway when the statement commits, as an SQL expression. */
export const noticeOf = ({
  task,
  type,
  at,
  body,
}: NoticeParts): string => `pg_notify('${TASK_EVENTS}',
  json_build_object('taskId', ${task}.task_id, 'seq', ${task}.event_seq, 'type', ${type}::text,
    'at', ${isoOf(at)}, 'body', ${body})::text)`
