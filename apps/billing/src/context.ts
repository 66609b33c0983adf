import { dbOver, openPool } from '@upscale/db'
import { createMetrics } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import { exportBooks } from './books/books-metrics.ts'
import type { BillingConfig } from './config.ts'
import type { BillingDb } from './db/schema/index.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { createAccountQueue } from './ledger/account-queue.ts'
import type { AccountQueue } from './ledger/account-queue.ts'
import { exportWaiting } from './ledger/debits-waiting.ts'
import { createLedger } from './ledger/ledger-store.ts'
import type { Ledger } from './ledger/ledger-store.ts'
import { createBillingLogger } from './logger.ts'

export interface BillingContext extends AsyncDisposable {
  db: BillingDb
  ledger: Ledger
  /** Debits of one account take turns. */
  debits: AccountQueue
  events: Events
  logger: Logger
  metrics: Registry
}

const DEBIT_ATTEMPT_MS = 2_000 // after it the workflow has given up on this attempt and sent the next

export function createContext(config: Pick<BillingConfig, 'db' | 'logLevel'>): BillingContext {
  const pool = openPool(config.db)
  const db: BillingDb = dbOver(pool)
  const logger = createBillingLogger(config.logLevel)
  const metrics = createMetrics()
  const debits = createAccountQueue(DEBIT_ATTEMPT_MS)
  exportWaiting(debits, metrics)
  exportBooks(db, metrics)
  return {
    db,
    ledger: createLedger(pool),
    debits,
    logger,
    metrics,
    events: createEvents(logger, metrics),
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}
