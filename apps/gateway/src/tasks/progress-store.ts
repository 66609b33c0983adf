import { sql } from 'kysely'
import type { TaskId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import type { JobProgress } from './progress-of.ts'

/** A running task whose heartbeats are due to be read. */
export interface DueTask {
  taskId: TaskId
  changedAt: Date
  /** Upscale attempts of the rounds that are over. */
  attemptsBefore: number
}

/**
 * Takes the running tasks that are due: each second those that somebody read in the last 10 s, every 15 s
 * the others. Each is given to one caller alone, so that many processes share the work.
 */
export async function claimDueTasks(db: GatewayDb, limit: number): Promise<DueTask[]> {
  const { rows } = await sql<DueTask>`
    update gateway.task set checked_at = now()
    where task_id in (
      select task_id from gateway.task
      where status in ('pending', 'processing') and parked_at is null
        and (checked_at is null or checked_at <= now() - interval '15 seconds'
          or (watched_at > now() - interval '10 seconds'
            and checked_at <= now() - interval '900 milliseconds'))
      order by checked_at nulls first
      limit ${limit}
      for update skip locked)
    returning task_id, changed_at, attempts_before`.execute(db)
  return rows
}

/** Writes progress unless a change was recorded meanwhile; it never falls. */
export async function saveProgress(
  db: GatewayDb,
  { taskId, changedAt }: Omit<DueTask, 'attemptsBefore'>,
  { stage, progress, etaSeconds, attempts, startedAt }: JobProgress,
): Promise<void> {
  await sql`
    update gateway.task set status = 'processing', stage = ${stage},
      progress = greatest(progress, ${progress}), eta_seconds = ${etaSeconds},
      attempts = greatest(attempts, ${attempts}), started_at = coalesce(started_at, ${startedAt})
    where task_id = ${taskId} and changed_at = ${changedAt}
      and status in ('pending', 'processing') and parked_at is null`.execute(db)
}
