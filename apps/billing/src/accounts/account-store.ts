import { sql } from 'kysely'
import type { AccountId } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'

/** An account with the plan of its customer; undefined where there is none. */
export const readAccount = (db: BillingDb, accountId: AccountId) =>
  db
    .selectFrom('billing.account as account')
    .innerJoin('billing.customer as customer', (join) =>
      join.on(sql`split_part(account.id, ':', 1)`, '=', sql.ref('customer.id')),
    )
    .innerJoin('billing.plan as plan', 'plan.id', 'customer.planId')
    .where('account.id', '=', accountId)
    .select(['account.balance', 'plan.id as plan', 'plan.dailyTasks'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('billing.customerTransaction as transaction')
            .where('transaction.accountId', '=', accountId)
            .where('transaction.kind', '=', 'grant')
            .select('transaction.seq'),
        )
        .as('hasCreditPack'),
    )
    .executeTakeFirst()
