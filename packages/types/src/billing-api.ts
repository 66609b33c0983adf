import type { ErrorCode } from './errors.ts'
import type { AccountId, CustomerId, TaskId } from './ids.ts'
import type { UpscaleFactor } from './limits.ts'

/** Billing's internal HTTP API: the only HTTP call between apps. Bearer secret, JSON, no envelope. */

export type PlanId = 'free' | 'starter' | 'pro_monthly' | 'pro_yearly' | 'enterprise'

/** `GET /accounts/:accountId` */
export interface AccountView {
  accountId: AccountId
  plan: PlanId
  /** Created tasks a day; null: unlimited. */
  dailyTasks: number | null
  balance: number
  /** A subscription or a credit pack stands. */
  apiAccess: boolean
}

/** `GET /accounts/:accountId/transactions?task_id&type&limit&cursor`, newest first. */
export interface TransactionList {
  items: Transaction[]
  nextCursor: string | null
}

export interface Transaction {
  id: string
  type: 'debit' | 'refund' | 'grant' | 'adjustment'
  amount: number
  balanceAfter: number
  taskId: TaskId | null
  relatedId: string | null
  reason: string
  createdAt: string
}

/** `POST /customers`: opens a customer with its live and test account; harmless when it exists. */
export interface OpenCustomerRequest {
  customerId: CustomerId
  plan: PlanId
}

/** `POST /accounts/:accountId/grants`: once per `key`. */
export interface GrantRequest {
  /** Payment id or the like: the same key grants once. */
  key: string
  credits: number
  reason: string
  actor: string
}

export interface GrantView {
  replay: boolean
  balance: number
}

/** `GET /rates`: today's price of each factor, and what a credit costs by plan. */
export interface RatesView {
  creditsPerSecond: Record<UpscaleFactor, number>
  plans: { id: PlanId; usdMicrosPerCredit: number | null }[]
}

/** Every answer that is not 2xx; the status is the code's. */
export interface BillingRefusal {
  code: ErrorCode
  key: string
  message: string
  /** Name in the body, path or query that the failure is about. */
  param: string | null
}
