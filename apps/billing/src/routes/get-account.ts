import { toCredits } from '@upscale/types'
import type { AccountView } from '@upscale/types'
import { accountNotFound } from '../accounts/account-not-found.ts'
import { accountTerms } from '../accounts/account-terms.ts'
import { readAccount } from '../accounts/account-store.ts'
import { accountIdFrom } from '../http/account-id-from.ts'
import type { Operation } from './operation.ts'

export const getAccount: Operation = async (ctx, req, res) => {
  const accountId = accountIdFrom(req)
  const row = await readAccount(ctx.db, accountId)
  if (!row) throw accountNotFound()
  const { plan, usdMicrosPerCredit, balance } = row
  res.json({
    accountId,
    plan,
    usdMicrosPerCredit,
    balance: toCredits(balance),
    ...accountTerms({ ...row, hasBought: Boolean(row.hasBought) }),
  } satisfies AccountView)
}
