import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
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

// One function call is one transaction and one round trip: row locks are held for no longer than that.

export const callDebit = (db: BillingDb, input: DebitInput): Promise<ChargeRow> =>
  onlyRow(
    db,
    sql`select * from billing.debit(${input.accountId}, ${input.taskId}, ${input.generation},
      ${input.factor}, ${input.durationMs}, null, ${input.maxCredits ?? null}, ${input.orWaive})`,
  )

export interface RefundCall extends ChargeKey {
  accountId: AccountId
  /** Whole percent of the price that is not given back. */
  keepPercent: number
  reason: string
  actor: string
}

export const callRefund = (db: BillingDb, call: RefundCall): Promise<ChargeRow> =>
  onlyRow(
    db,
    sql`select * from billing.refund(${call.accountId}, ${call.taskId}, ${call.generation},
      ${call.keepPercent}, ${call.reason}, ${call.actor})`,
  )

export const callSettle = (db: BillingDb, { taskId, generation }: ChargeKey): Promise<ChargeRow> =>
  onlyRow(db, sql`select * from billing.settle(${taskId}, ${generation})`)

export interface GrantCall {
  accountId: AccountId
  key: string
  credits: number
  reason: string
  actor: string
}

export const callGrant = (db: BillingDb, call: GrantCall): Promise<GrantRow> =>
  onlyRow(
    db,
    sql`select * from billing.grant_credits(${call.accountId}, ${call.key}, ${call.credits},
      ${call.reason}, ${call.actor})`,
  )

export async function callOpenCustomer(db: BillingDb, call: OpenCustomerRequest): Promise<void> {
  await sql`select billing.open_customer(${call.customerId}, ${call.plan})`.execute(db)
}

async function onlyRow<Row>(db: BillingDb, query: RawBuilder<unknown>): Promise<Row> {
  const [row] = (await query.$castTo<Row>().execute(db)).rows
  if (!row) throw new Error('the ledger answered nothing')
  return row
}
