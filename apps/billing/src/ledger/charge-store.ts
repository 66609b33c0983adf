import { decodeCursor, encodeCursor } from '@upscale/db'
import { sql } from 'kysely'
import type { AccountId, LedgerLine, TaskId } from '@upscale/types'
import type { ChargeFacts, Page, Paged, TimeRange } from '@upscale/workflows/activities'
import type { BillingDb } from '../db/schema/index.ts'

/** Every generation of a task, in order. */
export const readTaskCharges = (db: BillingDb, taskId: TaskId) =>
  db
    .selectFrom('billing.charge')
    .where('taskId', '=', taskId)
    .select(['generation', 'accountId', 'state', 'amount', 'givenBack', 'reason'])
    .select(['createdAt', 'closedAt'])
    .orderBy('generation')
    .execute()

/** Every line that names a task, oldest first. */
export const readTaskLines = (db: BillingDb, taskId: TaskId) =>
  db
    .selectFrom('billing.entry')
    .where('taskId', '=', taskId)
    .where('kind', '<>', 'grant') // has no task
    .select(['accountId', 'kind', 'delta', 'balanceAfter', 'generation'])
    .select(['reason', 'actor', 'createdAt'])
    .select(sql<string>`billing.txn_id(account_id, seq)`.as('id'))
    .orderBy('seq')
    .$narrowType<{ kind: LedgerLine['kind'] }>()
    .execute()

const FACTS = ['taskId', 'generation', 'accountId', 'state'] as const

export async function readCharges(
  db: BillingDb,
  taskIds: readonly TaskId[],
): Promise<ChargeFacts[]> {
  if (taskIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.charge')
    .where('taskId', 'in', taskIds)
    .select(FACTS)
    .orderBy('taskId')
    .orderBy('generation')
    .execute()
  return rows.map(factsOf)
}

/** Open charges that are older than this, oldest first. */
export const listOpenCharges = (
  db: BillingDb,
  { olderThanMs, ...page }: Page & { olderThanMs: number },
): Promise<Paged<ChargeFacts>> => {
  const due = sql<Date>`now() - ${olderThanMs} * interval '1 millisecond'`
  return pageOf(page, (after) =>
    db
      .selectFrom('billing.charge')
      .where('state', '=', 'debited')
      .where('createdAt', '<', due)
      .$if(after !== undefined, (query) => query.where(placeIn('created_at', after)))
      .select(FACTS)
      .select(instant('created_at').as('at'))
      .orderBy('createdAt')
      .orderBy('taskId')
      .orderBy('generation')
      .limit(page.limit + 1)
      .execute(),
  )
}

/** Charges that were settled in the time range and still are, in the order in which they were. */
export const listSettledCharges = (
  db: BillingDb,
  { fromMs, toMs, ...page }: Page & TimeRange,
): Promise<Paged<ChargeFacts>> =>
  pageOf(page, (after) =>
    db
      .selectFrom('billing.charge')
      .where('state', '=', 'settled')
      .where('closedAt', '>=', new Date(fromMs))
      .where('closedAt', '<', new Date(toMs))
      .$if(after !== undefined, (query) => query.where(placeIn('closed_at', after)))
      .select(FACTS)
      .select(instant('closed_at').as('at'))
      .orderBy('closedAt')
      .orderBy('taskId')
      .orderBy('generation')
      .limit(page.limit + 1)
      .execute(),
  )

/**
 * Of these delivered tasks, those that nobody paid for: no charge stands or was given back by a person, no
 * adjustment that names the task has taken credits, and nobody has accepted it.
 */
export async function findUnpaid(db: BillingDb, taskIds: readonly TaskId[]): Promise<TaskId[]> {
  const { rows } = await sql<{ id: TaskId }>`
    select t.id from unnest(${taskIds}::text[]) with ordinality as t (id, place)
      where not exists (
          select from billing.charge c where c.task_id = t.id and c.state in ('settled', 'waived'))
        and not exists ( -- the reconciler reverses what it holds to be undelivered
          select from billing.charge c join billing.entry e using (task_id, generation)
            where c.task_id = t.id and c.state = 'reversed' and e.kind = 'refund'
              and e.actor <> 'reconciler')
        and not exists (
          select from billing.entry e where e.task_id = t.id and e.kind = 'adjust' and e.delta < 0)
        and not exists (
          select from billing.accepted a where a.check_name = 'delivered_unpaid' and a.subject = t.id)
      order by t.place`.execute(db)
  return rows.map(({ id }) => id)
}

type Row = Omit<ChargeFacts, 'accountId'> & { accountId: string }

const factsOf = ({ taskId, generation, accountId, state }: Row): ChargeFacts => ({
  taskId,
  generation,
  accountId: accountId as AccountId,
  state,
})

// A time as text, to the microsecond: a Date would lose three digits, and with them rows between pages.
const instant = (column: string) =>
  sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const PLACE = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, /^task_[A-Za-z0-9]+$/, /^\d{1,4}$/]

/** Rows that come after this place, in the order time, task, generation. */
const placeIn = (column: string, [at, taskId, generation]: readonly string[] = []) =>
  sql<boolean>`(${sql.ref(column)}, task_id, generation)
    > (${at}::timestamptz, ${taskId}, ${generation}::int)`

/** A page of a query that reads one row more than asked for: it says whether there is a next page. */
async function pageOf(
  { limit, after }: Page,
  read: (after: string[] | undefined) => Promise<(Row & { at: string })[]>,
): Promise<Paged<ChargeFacts>> {
  const rows = await read(after === undefined ? undefined : decodeCursor(after, PLACE))
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    items: page.map(factsOf),
    next: last ? encodeCursor([last.at, last.taskId, String(last.generation)]) : null,
  }
}
