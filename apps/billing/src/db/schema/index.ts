import type { Db } from '@upscale/db'
import type { AccountTable } from './account.ts'
import type { ChargeTable } from './charge.ts'
import type { CustomerTransactionView } from './customer-transaction.ts'
import type { CustomerTable } from './customer.ts'
import type { EntryTable } from './entry.ts'
import type { FindingTable } from './finding.ts'
import type { PassTable } from './pass.ts'
import type { PlanTable } from './plan.ts'
import type { RateTable } from './rate.ts'

/** What billing reads with the query builder; whatever writes is an SQL function. */
interface BillingTables {
  'billing.account': AccountTable
  'billing.charge': ChargeTable
  'billing.customer': CustomerTable
  'billing.customerTransaction': CustomerTransactionView
  'billing.entry': EntryTable
  'billing.finding': FindingTable
  'billing.pass': PassTable
  'billing.plan': PlanTable
  'billing.rate': RateTable
}

export type BillingDb = Db<BillingTables>
