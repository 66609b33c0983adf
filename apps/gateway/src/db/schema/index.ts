import type { Db } from '@upscale/db'
import type { ApiKeyTable } from './api-key.ts'
import type { OperatorActionTable } from './operator-action.ts'
import type { TaskOrderTable } from './task-order.ts'
import type { TaskTable } from './task.ts'

/** Tables of the schema `gateway`, which this app alone reads and writes. */
export interface GatewayTables {
  'gateway.apiKey': ApiKeyTable
  'gateway.operatorAction': OperatorActionTable
  'gateway.task': TaskTable
  'gateway.taskOrder': TaskOrderTable
}

export type GatewayDb = Db<GatewayTables>
