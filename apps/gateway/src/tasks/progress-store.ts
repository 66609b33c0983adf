import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import { sql } from 'kysely'
import type { TaskId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import { eventBodyOf, noticeOf, placeOf } from '../task-events/event-sql.ts'
import type { JobProgress } from './progress-of.ts'

/** A running task whose heartbeats are due to be read. */
export interface DueTask {
  taskId: TaskId
  changedAt: Date
  /** Upscale attempts of the rounds that are over. */
  attemptsBefore: number
}

/**
 * Takes the running tasks that are due: a second after their last progress those that somebody
 * read in the last 10 s, every 15 s the others. Each is given to one caller alone, so that many processes share the work.
 */
export async function claimDueTasks(db: GatewayDb, limit: number): Promise<DueTask[]> {
  const { rows } = await sql<DueTask>`
    update gateway.task set checked_at = now()
    where task_id in (
      select task_id from gateway.task
      where status in ('pending', 'processing') and parked_at is null
        and (checked_at is null or checked_at <= now() - interval '15 seconds'
          or (watched_at > now() - interval '10 seconds'
            and checked_at <= now() - interval '1 second'))
      order by checked_at nulls first
      limit ${limit}
      for update skip locked)
    returning task_id, changed_at, attempts_before`.execute(db)
  return rows
}

// Of the progress that was told before nothing is kept: who was away needs the newest alone.
const TELL_SAVED = `
  dropped as (
    delete from gateway.task_event e using saved s
    where e.task_id = s.task_id and e.type = 'task.progress' and s.is_new),
  event as (
    insert into gateway.task_event (task_id, seq, type, at, body)
    select s.task_id, s.event_seq, s.type, now(), ${eventBodyOf('s')} from saved s where s.is_new
    returning task_id, at, body)
  select ${noticeOf({ task: 's', type: 's.type', at: 'e.at', body: 'e.body' })}
  from saved s join event e on e.task_id = s.task_id`

// It was checked when it was written, so that the next progress is told a second later, not earlier.
const SAVE_PROGRESS = `
  with before as (
    select task_id, status, stage, progress, eta_seconds, event_seq from gateway.task
    where task_id = $1 and changed_at = $2 and event_seq = coalesce($8, event_seq)
      and status in ('pending', 'processing') and parked_at is null
    for update),
  saved as (
    update gateway.task t set status = 'processing', stage = $3,
      progress = greatest(t.progress, $4), eta_seconds = $5, checked_at = now(),
      attempts = greatest(t.attempts, $6), started_at = coalesce(t.started_at, $7),
      event_seq = t.event_seq + ((b.status, b.stage, b.progress, b.eta_seconds) is distinct from
        ('processing', $3, greatest(b.progress, $4), $5::int))::int
    from before b where t.task_id = b.task_id
    returning t.*, case when t.stage = b.stage and t.status = b.status then 'task.progress'
      else 'task.stage' end as type, t.event_seq > b.event_seq as is_new),
  ${TELL_SAVED}`

const TELL_PLACE = `
  with saved as (
    update gateway.task t set event_seq = t.event_seq + 1, checked_at = now()
    where t.task_id = $1 and t.changed_at = $2 and t.status = 'pending'
      and ${placeOf('t')} is distinct from (
        select (e.body ->> 'queue_position')::int8 from gateway.task_event e
        where e.task_id = $1 order by e.seq desc limit 1)
    returning t.*, 'task.progress' as type, true as is_new),
  ${TELL_SAVED}`

/**
 * Writes progress unless a change was recorded meanwhile; it never falls. `eventSeq`: only where that event
 * is the newest still.
 */
export type SaveProgress = (
  task: Omit<DueTask, 'attemptsBefore'>,
  progress: JobProgress,
  eventSeq?: number,
) => Promise<void>

export function createSaveProgress(pool: Pool): SaveProgress {
  const save = prepare(pool, 'save_progress', SAVE_PROGRESS)
  return async (
    { taskId, changedAt },
    { stage, progress, etaSeconds, attempts, startedAt },
    eventSeq,
  ): Promise<void> => {
    const values = [stage, progress, etaSeconds, attempts, startedAt, eventSeq]
    await save([taskId, changedAt, ...values])
  }
}

/** Tells a waiting task's place in the queue where it is another than was told last. */
export type TellPlace = (task: Omit<DueTask, 'attemptsBefore'>) => Promise<void>

export function createTellPlace(pool: Pool): TellPlace {
  const tell = prepare(pool, 'tell_place', TELL_PLACE)
  return async ({ taskId, changedAt }) => {
    await tell([taskId, changedAt])
  }
}
