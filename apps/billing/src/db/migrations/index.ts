import type { Migrations } from '@upscale/db'
import * as pricesAndCustomers from './20261124T0900-prices-and-customers.ts'
import * as ledgerTables from './20261124T0910-ledger-tables.ts'
import * as ledgerGuards from './20261124T0920-ledger-guards.ts'
import * as chargeFunctions from './20261124T0930-charge-functions.ts'
import * as accountFunctions from './20261124T0940-account-functions.ts'
import * as viewsAndProof from './20261124T0950-views-and-proof.ts'
import * as grantPurpose from './20261126T0900-grant-purpose.ts'
import * as plansAndRates from './20261126T0910-plans-and-rates.ts'
import * as findings from './20261126T0920-findings.ts'
import * as rerunWaitsForRefund from './20261126T0930-rerun-waits-for-refund.ts'
import * as pricedAt from './20261128T0900-priced-at.ts'

/** Never changed once released, only added to; a changed function is a new file. */
export const migrations: Migrations = {
  '20261124T0900-prices-and-customers': pricesAndCustomers,
  '20261124T0910-ledger-tables': ledgerTables,
  '20261124T0920-ledger-guards': ledgerGuards,
  '20261124T0930-charge-functions': chargeFunctions,
  '20261124T0940-account-functions': accountFunctions,
  '20261124T0950-views-and-proof': viewsAndProof,
  '20261126T0900-grant-purpose': grantPurpose,
  '20261126T0910-plans-and-rates': plansAndRates,
  '20261126T0920-findings': findings,
  '20261126T0930-rerun-waits-for-refund': rerunWaitsForRefund,
  '20261128T0900-priced-at': pricedAt,
}
