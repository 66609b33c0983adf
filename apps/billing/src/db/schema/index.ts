import type { Db } from '@upscale/db'
import type { AccountTable } from './account.ts'
import type { CustomerTransactionView } from './customer-transaction.ts'
import type { CustomerTable } from './customer.ts'
import type { PlanTable } from './plan.ts'
import type { RateTable } from './rate.ts'

/** What billing reads with the query builder; charges and entries are reached through SQL functions. */
interface BillingTables {
  'billing.account': AccountTable
  'billing.customer': CustomerTable
  'billing.customerTransaction': CustomerTransactionView
  'billing.plan': PlanTable
  'billing.rate': RateTable
}

export type BillingDb = Db<BillingTables>
