import type { AuditEntry, Because } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'

/** Whom an operator's action is about, and why. */
export interface Act extends Because {
  /** `retry`, `grant`, `revoke key` and the like. */
  action: string
  /** Task, account, key or rate. */
  target: string
}

export async function insertAction(
  db: GatewayDb,
  { actor, action, target, reason }: Act,
  detail: string | null,
): Promise<bigint> {
  const row = { actor, action, target, reason, detail }
  const insert = db.insertInto('gateway.operatorAction').values(row).returning('id')
  return (await insert.executeTakeFirstOrThrow()).id
}

/** Says how an action ended: once. */
export async function endAction(
  db: GatewayDb,
  id: bigint,
  outcome: Exclude<AuditEntry['outcome'], 'begun'>,
  detail: string,
): Promise<void> {
  await db
    .updateTable('gateway.operatorAction')
    .set({ outcome, detail })
    .where('id', '=', id)
    .where('outcome', '=', 'begun')
    .execute()
}

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
