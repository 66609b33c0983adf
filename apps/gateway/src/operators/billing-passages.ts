/** A path of billing's API that operators reach through the gateway. */
export interface BillingPassage {
  method: 'GET' | 'POST'
  path: string
  /** Where it stands in the operators' API, when not below `/internal/billing`. */
  at?: string
  /** What it changes; without it, it only reads. */
  change?: {
    /** As the audit table calls it. */
    action: string
    /** Name of the path's parameter, or of the body's field, that says what is changed. */
    target: string
    /** Billing's own books keep the reason and who gave it, too. */
    takesBecause: boolean
  }
}

const ACCOUNT = '/accounts/:accountId'

/** All that is passed on, and nothing else. */
export const BILLING_PASSAGES: readonly BillingPassage[] = [
  { method: 'GET', path: '/accounts' },
  { method: 'GET', path: ACCOUNT },
  { method: 'GET', path: `${ACCOUNT}/transactions` },
  { method: 'GET', path: '/rates' },
  { method: 'GET', path: '/books' },
  { method: 'GET', path: '/tasks/:taskId/books' },
  {
    method: 'POST',
    path: `${ACCOUNT}/grants`,
    change: { action: 'grant', target: 'accountId', takesBecause: true },
  },
  {
    method: 'POST',
    path: `${ACCOUNT}/adjustments`,
    change: { action: 'adjust', target: 'accountId', takesBecause: true },
  },
  {
    method: 'POST',
    path: '/customers',
    at: '/internal/accounts',
    change: { action: 'open account', target: 'customerId', takesBecause: false },
  },
  {
    method: 'POST',
    path: '/customers/:customerId/plan',
    change: { action: 'change plan', target: 'customerId', takesBecause: false },
  },
  {
    method: 'POST',
    path: '/rates',
    change: { action: 'add rate', target: 'factor', takesBecause: false },
  },
]
