import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import type { AccountId, ChargeKey, ChargeState, DebitInput } from '@upscale/types'
import { onlyRow } from './only-row.ts'

/** What the ledger says of a charge; null where it has no meaning in this state. */
export interface ChargeRow {
  state: ChargeState | 'already_charged' | 'too_expensive'
  /** The same question was answered before; nothing moved. */
  replay: boolean
  /** The price of this charge. */
  amount: bigint | null
  givenBack: bigint | null
  /** Right after the newest entry of this charge; `rejected`: the one that was too small. */
  balance: bigint | null
  creditsPerSecond: number | null
  /** Public id of the line that took the credits. */
  debitId: string | null
}

/** What a grant and an adjustment are answered with. */
export interface GrantRow {
  replay: boolean
  /** Right after its line. */
  balance: bigint
}

export interface RefundCall extends ChargeKey {
  accountId: AccountId
  /** Whole percent of the price that is not given back. */
  keepPercent: number
  reason: string
  actor: string
}

export interface ReverseCall extends ChargeKey {
  reason: string
  actor: string
}

/** What happens to charges. */
export type Ledger = ReturnType<typeof createLedger>

// One function call is one transaction and one round trip: row locks are held for no longer than that.
const CHARGE = `state, replay, amount, given_back as "givenBack", balance,
  credits_per_second as "creditsPerSecond", debit_id as "debitId"`

export function createLedger(pool: Pool) {
  const call = (name: string, parameters: string) => {
    const query = prepare<ChargeRow>(
      pool,
      name,
      `select ${CHARGE} from billing.${name}(${parameters})`,
    )
    return async (values: readonly unknown[]) => onlyRow(await query(values))
  }
  const debit = call('debit', '$1, $2, $3, $4, $5, $6, $7, $8')
  const refund = call('refund', '$1, $2, $3, $4, $5, $6')
  const settle = call('settle', '$1, $2')
  const reverse = call('reverse', '$1, $2, $3, $4')

  return {
    debit({ accountId, taskId, generation, ...input }: DebitInput): Promise<ChargeRow> {
      const { factor, durationMs, maxCredits = null, orWaive } = input
      const pricedAt = input.pricedAt === undefined ? null : new Date(input.pricedAt)
      const key = [accountId, taskId, generation]
      return debit([...key, factor, durationMs, pricedAt, maxCredits, orWaive])
    },
    refund({ accountId, taskId, generation, ...how }: RefundCall): Promise<ChargeRow> {
      return refund([accountId, taskId, generation, how.keepPercent, how.reason, how.actor])
    },
    settle: ({ taskId, generation }: ChargeKey): Promise<ChargeRow> => settle([taskId, generation]),
    reverse({ taskId, generation, reason, actor }: ReverseCall): Promise<ChargeRow> {
      return reverse([taskId, generation, reason, actor])
    },
  }
}
