import { toCredits } from '@upscale/types'
import type { AccountView } from '@upscale/types'
import { accountNotFound } from '../accounts/account-not-found.ts'
import { readAccount } from '../accounts/account-store.ts'
import { accountIdFrom } from '../http/account-id-from.ts'
import type { Operation } from './operation.ts'

/** As of the smallest plan that is sold: what is bought can be used. */
const PACK_DAILY_TASKS = 100

export const getAccount: Operation = async (ctx, req, res) => {
  const accountId = accountIdFrom(req)
  const row = await readAccount(ctx.db, accountId)
  if (!row) throw accountNotFound()
  const { plan, usdMicrosPerCredit, balance } = row
  const isPackAlone = plan === 'free' && Boolean(row.hasBought)
  res.json({
    accountId,
    plan,
    dailyTasks: isPackAlone ? PACK_DAILY_TASKS : row.dailyTasks,
    usdMicrosPerCredit,
    balance: toCredits(balance),
    apiAccess: plan !== 'free' || isPackAlone,
  } satisfies AccountView)
}
