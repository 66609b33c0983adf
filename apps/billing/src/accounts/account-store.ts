import { sql } from 'kysely'
import type { AccountId } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'

const accountsWithPlan = (db: BillingDb) =>
  db
    .selectFrom('billing.account as account')
    .innerJoin('billing.customer as customer', (join) =>
      join.on(sql`split_part(account.id, ':', 1)`, '=', sql.ref('customer.id')),
    )
    .innerJoin('billing.plan as plan', 'plan.id', 'customer.planId')

/** An account with the plan of its customer; undefined where there is none. */
export const readAccount = (db: BillingDb, accountId: AccountId) =>
  accountsWithPlan(db)
    .where('account.id', '=', accountId)
    .select(['account.balance', 'plan.id as plan', 'plan.dailyTasks', 'plan.usdMicrosPerCredit'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('billing.entry as entry')
            .where('entry.accountId', '=', accountId)
            .where('entry.kind', '=', 'grant')
            .where(sql<boolean>`entry.purpose is distinct from 'goodwill'`) // in the words of its index
            .select('entry.seq'),
        )
        .as('hasBought'),
    )
    .executeTakeFirst()

/** By name. */
export const listAccountRows = (
  db: BillingDb,
  { after, limit }: { after: string; limit: number },
) =>
  accountsWithPlan(db)
    .where('account.id', '>', after)
    .select(['account.id', 'account.balance', 'plan.id as plan'])
    .orderBy('account.id')
    .limit(limit)
    .execute()
