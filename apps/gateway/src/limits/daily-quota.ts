import { sql } from 'kysely'
import type { AccountId } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { BillingClient } from '../billing-client.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import { keepAnswers } from '../kept-answers.ts'
import { nextDay } from './limit-headers.ts'

const KEPT_MS = 3_000 // so long other gateways' creates stay unseen

type Terms = Pick<BillingClient, 'readTerms'>

/** Created tasks a day; null: no limit. An account without API access has the Free plan. */
export async function dailyLimitOf(
  billing: Terms,
  { accountId, livemode }: Pick<Caller, 'accountId' | 'livemode'>,
): Promise<number | null> {
  if (!livemode) return null
  const terms = await billing.readTerms(accountId)
  return terms ? terms.dailyTasks : 0
}

/** What an account used of its day, as this process knows it. Its own creates are written into it. */
export interface DailyUse {
  limit: number
  used: number
  resetsAt: Date
}

/** Undefined: there is no limit. Throws where billing or the database does not answer. */
export type ReadDailyUse = (
  caller: Pick<Caller, 'accountId' | 'livemode'>,
) => Promise<DailyUse | undefined>

export function createDailyUse(
  { db, billing, now }: { db: GatewayDb; billing: Terms; now: () => Date },
  keptMs = KEPT_MS,
): ReadDailyUse {
  const kept = keepAnswers(keptMs, async (id): Promise<DailyUse | undefined> => {
    const accountId = id as AccountId
    const limit = await dailyLimitOf(billing, { accountId, livemode: true })
    if (limit === null) return undefined
    const used = limit === 0 ? 0 : await countToday(db, accountId)
    return { limit, used, resetsAt: nextDay(now()) }
  })
  return async ({ accountId, livemode }) => {
    if (!livemode) return undefined
    const use = await kept(accountId)
    if (use && use.resetsAt <= now()) Object.assign(use, { used: 0, resetsAt: nextDay(now()) })
    return use
  }
}

async function countToday(db: GatewayDb, accountId: AccountId): Promise<number> {
  const { rows } = await sql<{ used: number }>`
    select gateway.tasks_today(${accountId}, clock_timestamp()) as used`.execute(db)
  return rows[0]?.used ?? 0
}
