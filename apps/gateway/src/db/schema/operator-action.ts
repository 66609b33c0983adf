import type { ColumnType, Generated } from 'kysely'
import type { AuditEntry, RequestId } from '@upscale/types'

/** What operators did: a row is written before the work, and only its end is filled in. */
export interface OperatorActionTable {
  id: ColumnType<bigint, never, never>
  at: ColumnType<Date, never, never>
  actor: ColumnType<string, string, never>
  action: ColumnType<string, string, never>
  target: ColumnType<string, string, never>
  reason: ColumnType<string, string, never>
  requestId: ColumnType<RequestId | null, RequestId, never>
  outcome: Generated<AuditEntry['outcome']>
  detail: string | null
}
