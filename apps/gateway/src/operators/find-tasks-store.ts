import { sql } from 'kysely'
import type {
  AccountId,
  RequestId,
  TaskId,
  TaskStage,
  TaskStatus,
  UpscaleFactor,
} from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'

/** A task for operators: its order, and its row where there is one. */
export interface FoundRow {
  taskId: TaskId
  accountId: AccountId
  requestId: RequestId
  factor: UpscaleFactor
  createdAt: Date
  status: TaskStatus | null
  stage: TaskStage | null
  parkedAt: Date | null
  creditsUsed: bigint | null
}

/** Place of a task in the order newest first. */
export interface Place {
  createdAt: Date
  taskId: TaskId
}

const FOUND = sql`
  o.task_id, o.account_id, o.request_id, o.upscale_factor as factor, o.created_at,
  t.status, t.stage, t.parked_at, t.credits_used`

export async function findByTask(db: GatewayDb, taskId: TaskId): Promise<FoundRow | undefined> {
  const { rows } = await sql<FoundRow>`
    select ${FOUND} from gateway.task_order o left join gateway.task t on t.task_id = o.task_id
    where o.task_id = ${taskId}`.execute(db)
  return rows[0]
}

export async function findByRequest(db: GatewayDb, requestId: RequestId): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`
    select ${FOUND} from gateway.task_order o left join gateway.task t on t.task_id = o.task_id
    where o.request_id = ${requestId}`.execute(db)
  return rows
}

/**
 * Newest first, after `after`. A part for each account, planned with its id: of one that has very many tasks
 * no more are read than are wanted.
 */
export async function findByAccounts(
  db: GatewayDb,
  accountIds: readonly AccountId[],
  { after, limit }: { after: Place | undefined; limit: number },
): Promise<FoundRow[]> {
  const newest = accountIds.map(
    (accountId) => sql`(
      select * from gateway.task_order
      where account_id = ${accountId} and (created_at, task_id) <
        (${after?.createdAt ?? 'infinity'}::timestamptz, ${after?.taskId ?? ''})
      order by created_at desc, task_id desc
      limit ${limit})`,
  )
  const { rows } = await sql<FoundRow>`
    select ${FOUND}
    from (${sql.join(newest, sql` union all `)}) o
    left join gateway.task t on t.task_id = o.task_id
    order by o.created_at desc, o.task_id desc
    limit ${limit}`.execute(db)
  return rows
}
