import { dbOver, openPool } from '@upscale/db'
import { createMetrics } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import type { BillingConfig } from './config.ts'
import type { BillingDb } from './db/schema/index.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { createLedger } from './ledger/ledger-store.ts'
import type { Ledger } from './ledger/ledger-store.ts'
import { createBillingLogger } from './logger.ts'

export interface BillingContext extends AsyncDisposable {
  db: BillingDb
  ledger: Ledger
  events: Events
  logger: Logger
  metrics: Registry
}

export function createContext(config: Pick<BillingConfig, 'db' | 'logLevel'>): BillingContext {
  const pool = openPool(config.db)
  const db: BillingDb = dbOver(pool)
  const logger = createBillingLogger(config.logLevel)
  const metrics = createMetrics()
  return {
    db,
    ledger: createLedger(pool),
    logger,
    metrics,
    events: createEvents(logger, metrics),
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}
