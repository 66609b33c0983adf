import type { ErrorCode } from './errors.ts'
import type { AccountId, CustomerId, TaskId } from './ids.ts'
import type { ChargeState } from './ledger.ts'
import type { UpscaleFactor } from './limits.ts'
import type { BooksCheck, Finding } from './reconcile.ts'

/** Billing's internal HTTP API: the only HTTP call between apps. Bearer secret, JSON, no envelope. */

export const PLAN_IDS = ['free', 'starter', 'pro_monthly', 'pro_yearly', 'enterprise'] as const
export type PlanId = (typeof PLAN_IDS)[number]

/** `GET /accounts/:accountId` */
export interface AccountView {
  accountId: AccountId
  plan: PlanId
  /** Created tasks a day; null: unlimited. */
  dailyTasks: number | null
  /** What the plan pays for a credit, millionths of a US dollar; null: not sold by the credit. */
  usdMicrosPerCredit: number | null
  balance: number
  /** A subscription or a credit pack stands. */
  apiAccess: boolean
}

/** `GET /accounts?cursor&limit`, by name. */
export interface AccountList {
  items: Pick<AccountView, 'accountId' | 'plan' | 'balance'>[]
  nextCursor: string | null
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

/** `POST /customers/:customerId/plan` */
export interface ChangePlanRequest {
  plan: PlanId
}

export const GRANT_PURPOSES = ['subscription', 'pack', 'goodwill'] as const
export type GrantPurpose = (typeof GRANT_PURPOSES)[number]

/** `POST /accounts/:accountId/grants`: once per `key`. */
export interface GrantRequest {
  /** Payment id or the like: the same key grants once. */
  key: string
  credits: number
  purpose: GrantPurpose
  reason: string
  actor: string
}

/** `POST /accounts/:accountId/adjustments`: a correction, once per `key`; never below zero. */
export interface AdjustRequest {
  key: string
  /** Either sign, never 0. */
  delta: number
  taskId?: TaskId | undefined
  reason: string
  actor: string
}

export interface GrantView {
  replay: boolean
  balance: number
}

/** `POST /accounts/:accountId/refill`: a test account has its daily credits again, once per `day`. */
export interface RefillRequest {
  /** UTC, `2026-02-14`. */
  day: string
}

export interface RefillView {
  balance: number
}

/** `GET /postings?key`: what a key was used for; NOT_FOUND: nothing yet. */
export interface PostingView {
  key: string
  accountId: AccountId
  kind: 'grant' | 'adjust'
  delta: number
  purpose: GrantPurpose | null
  taskId: TaskId | null
  createdAt: string
}

/** `GET /rates`: today's price of each factor, and what a credit costs by plan. */
export interface RatesView {
  /** The moment of these prices by billing's clock, ISO 8601. */
  at: string
  creditsPerSecond: Record<UpscaleFactor, number>
  plans: { id: PlanId; dailyTasks: number | null; usdMicrosPerCredit: number | null }[]
  /** Every rate there ever was or will be, by factor and time. */
  schedule: RateView[]
}

/** Holds from `validFrom` until the next one of its factor. `POST /rates` adds one in the future. */
export interface RateView {
  factor: UpscaleFactor
  creditsPerSecond: number
  /** ISO 8601. */
  validFrom: string
}

/** `GET /tasks/:taskId/books`: all that the ledger knows of a task. */
export interface TaskBooks {
  taskId: TaskId
  accountId: AccountId
  /** By generation. */
  charges: ChargeView[]
  /** Oldest first. */
  lines: LedgerLine[]
}

export interface ChargeView {
  generation: number
  state: ChargeState
  /** Price of this generation; null: `voided`, never priced. */
  credits: number | null
  givenBack: number
  reason: string | null
  createdAt: string
  closedAt: string | null
}

export interface LedgerLine {
  id: string
  kind: 'debit' | 'refund' | 'waive' | 'adjust'
  amount: number
  balanceAfter: number
  generation: number | null
  reason: string
  actor: string
  createdAt: string
}

/** `POST /tasks/:taskId/reverse`: gives the settled charge of a task back, whole. Safe to repeat. */
export interface ReverseRequest {
  reason: string
  actor: string
}

export interface ReverseView {
  generation: number
  givenBack: number
  balance: number
  replay: boolean
}

/** `GET /books`: what the reconciler found at its last pass. */
export interface BooksView {
  /** When a pass last ended, ISO 8601; null: never. */
  lastPassAt: string | null
  /** Empty: the books are right. */
  findings: Finding[]
  openCharges: number
  /** When the oldest charge that is still open was made. */
  oldestOpenAt: string | null
}

/**
 * `POST /books/accept`: a person lets a finding be, for ever. Only `delivered_unpaid`: every other has to be
 * mended. Safe to repeat.
 */
export interface AcceptRequest {
  check: BooksCheck
  subject: string
  reason: string
  actor: string
}

/** Every answer that is not 2xx; the status is the code's. */
export interface BillingRefusal {
  code: ErrorCode
  key: string
  message: string
  /** Name in the body, path or query that the failure is about. */
  param: string | null
}
