import { scrub } from '@upscale/runtime'
import type { AuditEntry, Because, RequestId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'

/** Whom an operator's action is about, and why. */
export interface Act extends Because {
  /** `retry`, `grant`, `revoke key` and the like. */
  action: string
  /** Task, account, key or rate. */
  target: string
  requestId: RequestId
}

export async function insertAction(
  db: GatewayDb,
  { actor, action, target, reason, requestId }: Act,
  detail: string | null,
): Promise<bigint> {
  const row = { actor, action, target, reason, requestId, detail: detail && storable(detail) }
  const insert = db.insertInto('gateway.operatorAction').values(row).returning('id')
  return (await insert.executeTakeFirstOrThrow()).id
}

/** Says how an action ended: once. With `begun` it says why nobody knows. */
export async function endAction(
  db: GatewayDb,
  id: bigint,
  outcome: AuditEntry['outcome'],
  detail: string,
): Promise<void> {
  await db
    .updateTable('gateway.operatorAction')
    .set({ outcome, detail: storable(detail) })
    .where('id', '=', id)
    .where('outcome', '=', 'begun')
    .execute()
}

const DETAIL_MAX = 1_000

/** What somebody sent, as Postgres takes it and everybody may read it. */
const storable = (text: string): string =>
  scrub(text)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, DETAIL_MAX)
    .toWellFormed()

/** Newest first; those older than `before`, and about one target, where these are given. */
export async function listActions(
  db: GatewayDb,
  { target, before, limit }: { target?: string | undefined; before?: bigint; limit: number },
): Promise<AuditEntry[]> {
  const rows = await db
    .selectFrom('gateway.operatorAction')
    .selectAll()
    .$if(target !== undefined, (query) => query.where('target', '=', target ?? ''))
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0n))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ id, at, ...row }) => ({ id: String(id), at: at.toISOString(), ...row }))
}
