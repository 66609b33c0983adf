import { sql } from 'kysely'
import type { AccountId, TaskId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'

/** A task that is over, and what may be left of it in the object store. */
export interface EndedTask {
  taskId: TaskId
  outputKey: string | null
}

interface OwnTask {
  taskId: TaskId
  accountId: AccountId
  livemode: boolean
}

/** What is to leave the store with a deleted task: its upload too, where it was made from one. */
export interface ForgottenTask extends EndedTask {
  uploadKey: string | null
}

/**
 * Takes from a task that is over all that it shows of its video, removes the quote that named it, and closes
 * the upload that it was made from; the files are due to be removed from then on. Undefined: the task is not
 * over.
 */
export async function forgetContent(
  db: GatewayDb,
  { taskId, accountId, livemode }: OwnTask,
  uploadKey: string | undefined,
): Promise<ForgottenTask | undefined> {
  const { rows } = await sql<ForgottenTask>`
    with gone as (
      update gateway.task set deleted_at = coalesce(deleted_at, now()),
        expires_at = least(expires_at, now()), removed_at = null
      where task_id = ${taskId} and account_id = ${accountId} and livemode = ${livemode}
        and completed_at is not null
      returning task_id, output_key),
    ordered as (
      update gateway.task_order o set video_url = null from gone where o.task_id = gone.task_id
      returning o.quote_id),
    quoted as (
      delete from gateway.quote q using ordered
      where q.quote_id = ordered.quote_id and q.account_id = ${accountId}
        and q.livemode = ${livemode}),
    told as (
      update gateway.webhook_delivery d set body = null from gone where d.task_id = gone.task_id),
    closed as (
      update gateway.upload u
        set put_until = least(put_until, now()), expires_at = least(expires_at, now())
      from gone
      where u.object_key = ${uploadKey ?? null} and u.account_id = ${accountId}
        and u.livemode = ${livemode}
      returning u.object_key)
    select task_id, output_key, (select object_key from closed) as upload_key from gone`.execute(db)
  return rows[0]
}

/** Notes that nothing of a task is left in the store; not where something new was delivered meanwhile. */
export async function markRemoved(db: GatewayDb, { taskId, outputKey }: EndedTask): Promise<void> {
  await sql`
    update gateway.task set removed_at = now()
    where task_id = ${taskId} and output_key is not distinct from ${outputKey}
      and completed_at is not null`.execute(db)
}
