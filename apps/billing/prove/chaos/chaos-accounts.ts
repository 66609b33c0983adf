import { grant } from '../../tests/ledger-calls.ts'
import type { BillingTest } from '../../tests/test-billing.ts'
import type { LifePlan } from './life-plan.ts'
import type { Witness } from './witness.ts'

/** Few, so that many lives meet on one row. The poor ones can pay for some tasks, the rich ones for all. */
export interface ChaosAccounts {
  poor: string[]
  rich: string[]
}

const OF_A_KIND = 3
const [POOR, RICH] = [300n, 1_000_000_000n]

export async function openAccounts(billing: BillingTest, witness: Witness): Promise<ChaosAccounts> {
  const open = async (amount: bigint) => {
    const account = await billing.account()
    const key = `first of ${account}`
    const ask = () => grant(billing.db, { account, key, amount })
    await witness.hearPosting(key, { account, amount }, ask)
    return account
  }
  const group = (amount: bigint) =>
    Promise.all(Array.from({ length: OF_A_KIND }, () => open(amount)))
  return { poor: await group(POOR), rich: await group(RICH) }
}

export const payerOf = ({ poor, rich }: ChaosAccounts, { payer }: LifePlan): string =>
  (payer.rich ? rich : poor)[payer.index] ?? ''
