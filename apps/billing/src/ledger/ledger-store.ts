import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import { sql } from 'kysely'
import type {
  AccountId,
  ChargeKey,
  ChargeState,
  DebitInput,
  OpenCustomerRequest,
} from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'

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

export interface GrantRow {
  replay: boolean
  /** Right after the grant. */
  balance: bigint
}

export interface RefundCall extends ChargeKey {
  accountId: AccountId
  /** Whole percent of the price that is not given back. */
  keepPercent: number
  reason: string
  actor: string
}

/** The calls that every job makes. */
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
  const debit = call('debit', '$1, $2, $3, $4, $5, null, $6, $7')
  const refund = call('refund', '$1, $2, $3, $4, $5, $6')
  const settle = call('settle', '$1, $2')

  return {
    debit({ accountId, taskId, generation, ...input }: DebitInput): Promise<ChargeRow> {
      const { factor, durationMs, maxCredits = null, orWaive } = input
      return debit([accountId, taskId, generation, factor, durationMs, maxCredits, orWaive])
    },
    refund({ accountId, taskId, generation, ...how }: RefundCall): Promise<ChargeRow> {
      return refund([accountId, taskId, generation, how.keepPercent, how.reason, how.actor])
    },
    settle: ({ taskId, generation }: ChargeKey): Promise<ChargeRow> => settle([taskId, generation]),
  }
}

export interface GrantCall {
  accountId: AccountId
  key: string
  credits: number
  reason: string
  actor: string
}

export async function callGrant(db: BillingDb, call: GrantCall): Promise<GrantRow> {
  const { rows } = await sql<GrantRow>`
    select * from billing.grant_credits(${call.accountId}, ${call.key}, ${call.credits},
      ${call.reason}, ${call.actor})`.execute(db)
  return onlyRow(rows)
}

export async function callOpenCustomer(db: BillingDb, call: OpenCustomerRequest): Promise<void> {
  await sql`select billing.open_customer(${call.customerId}, ${call.plan})`.execute(db)
}

function onlyRow<Row>([row]: readonly Row[]): Row {
  if (!row) throw new Error('the ledger answered nothing')
  return row
}
