import type { AccountView, PlanId } from '@upscale/types'

/** As of the smallest plan that is sold: what is bought can be used. */
const PACK_DAILY_TASKS = 100

interface Holding {
  plan: PlanId
  dailyTasks: number | null
  /** Credits that somebody paid for, whatever the plan is. */
  hasBought: boolean
}

/** What an account may do: with a plan as the plan says, with a credit pack alone as little as any plan. */
export function accountTerms({
  plan,
  dailyTasks,
  hasBought,
}: Holding): Pick<AccountView, 'apiAccess' | 'dailyTasks'> {
  if (plan !== 'free') return { apiAccess: true, dailyTasks }
  return hasBought
    ? { apiAccess: true, dailyTasks: PACK_DAILY_TASKS }
    : { apiAccess: false, dailyTasks }
}
