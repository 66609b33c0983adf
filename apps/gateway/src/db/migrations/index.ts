import type { Migrations } from '@upscale/db'
import * as apiKeys from './20261124T0900-api-keys.ts'
import * as tasks from './20261124T0910-tasks.ts'
import * as attemptsAndSweep from './20261125T0900-attempts-and-sweep.ts'
import * as operators from './20261126T0900-operators.ts'
import * as findTasks from './20261126T0910-find-tasks.ts'
import * as auditRequest from './20261127T0900-audit-request.ts'
import * as publicApi from './20261128T0900-public-api.ts'
import * as placeOrder from './20261128T0910-place-order.ts'

export const migrations: Migrations = {
  '20261124T0900-api-keys': apiKeys,
  '20261124T0910-tasks': tasks,
  '20261125T0900-attempts-and-sweep': attemptsAndSweep,
  '20261126T0900-operators': operators,
  '20261126T0910-find-tasks': findTasks,
  '20261127T0900-audit-request': auditRequest,
  '20261128T0900-public-api': publicApi,
  '20261128T0910-place-order': placeOrder,
}
