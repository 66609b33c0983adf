import { sql } from 'kysely'
import type { BillingDb } from '../db/schema/index.ts'

/** The rate of each factor that holds now, by the database's clock. */
export const readRates = (db: BillingDb) =>
  db
    .selectFrom('billing.rate')
    .distinctOn('factor')
    .select(['factor', 'creditsPerSecond'])
    .where('validFrom', '<=', sql<Date>`now()`)
    .orderBy('factor')
    .orderBy('validFrom', 'desc')
    .execute()

export const readPlans = (db: BillingDb) =>
  db.selectFrom('billing.plan').select(['id', 'usdMicrosPerCredit']).orderBy('id').execute()
