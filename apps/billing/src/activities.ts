import type { BillingActivities } from '@upscale/workflows/activities'
import type { BillingContext } from './context.ts'
import { debit } from './ledger/debit.ts'
import { refund } from './ledger/refund.ts'
import { settle } from './ledger/settle.ts'

export const createActivities = (ctx: BillingContext) =>
  ({
    debit: (input) => debit(ctx, input),
    refund: (input) => refund(ctx, input),
    settle: (input) => settle(ctx, input),
  }) satisfies BillingActivities
