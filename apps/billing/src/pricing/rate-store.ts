import { sql } from 'kysely'
import type { BillingDb } from '../db/schema/index.ts'
import type { RateTable } from '../db/schema/rate.ts'

/** The rate of each factor that holds now, and that moment by the database's clock. */
export const readRates = (db: BillingDb) =>
  db
    .selectFrom('billing.rate')
    .distinctOn('factor')
    .select(['factor', 'creditsPerSecond'])
    .select(sql<Date>`now()`.as('at'))
    .where('validFrom', '<=', sql<Date>`now()`)
    .orderBy('factor')
    .orderBy('validFrom', 'desc')
    .execute()

/** Every rate there ever was or will be. */
export const readSchedule = (db: BillingDb) =>
  db
    .selectFrom('billing.rate')
    .select(['factor', 'creditsPerSecond', 'validFrom'])
    .orderBy('factor')
    .orderBy('validFrom')
    .execute()

export const readPlans = (db: BillingDb) =>
  db
    .selectFrom('billing.plan')
    .select(['id', 'dailyTasks', 'usdMicrosPerCredit'])
    .orderBy('id')
    .execute()

export async function callAddRate(db: BillingDb, rate: RateTable): Promise<void> {
  await sql`select billing.add_rate(${rate.factor}, ${rate.creditsPerSecond}, ${rate.validFrom})`.execute(
    db,
  )
}
