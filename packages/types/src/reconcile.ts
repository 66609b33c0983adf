/** What the reconciler compares. Each has a row in `upscale_ledger_imbalance{check}`, which must be 0. */
export const BOOKS_CHECKS = [
  'books', // an account's balance is not the sum of its lines
  'open_charge', // a job is over, its charge is open, and the refund did not come about
  'undelivered', // a charge is settled, nothing was delivered, and the reversal did not come about
  'unended_task', // a job is over, its row still runs, and could not be ended
  'delivered_unpaid', // a result was delivered that nobody paid for: an operator decides
  'lost_jobs', // too many open charges without a workflow: wrong namespace or a lost store
  'audit', // the nightly look at everything
] as const
export type BooksCheck = (typeof BOOKS_CHECKS)[number]

/** Something wrong that nobody has mended yet. */
export interface Finding {
  check: BooksCheck
  /** Account or task. */
  subject: string
  problem: string
}
