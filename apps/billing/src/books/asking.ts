import { AppError } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import type { BillingDb } from '../db/schema/index.ts'
import type { LedgerCall } from '../events.ts'
import { unavailable } from '../ledger/ledger-failures.ts'

/** A question to the books: whatever fails is logged here, and asked again by who wants to know. */
export const asking =
  ({ db, events }: BillingContext) =>
  <Answer>(call: LedgerCall, question: (db: BillingDb) => Promise<Answer>): Promise<Answer> =>
    question(db).catch((error: unknown) => {
      if (error instanceof AppError) throw error
      events.ledgerFailed(call, error)
      throw unavailable()
    })
