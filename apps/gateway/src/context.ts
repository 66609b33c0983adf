import { dbOver, openPool } from '@upscale/db'
import type { Pool } from '@upscale/db'
import { openObjectStore } from '@upscale/object-store'
import type { ObjectStore } from '@upscale/object-store'
import { connectTemporal, createMetrics } from '@upscale/runtime'
import type { Logger, Registry, TemporalClient } from '@upscale/runtime'
import { readPolicy } from '@upscale/safe-fetch'
import type { SafeFetchPolicy } from '@upscale/safe-fetch'
import { createFindCaller } from './accounts/find-caller.ts'
import type { FindCaller } from './accounts/find-caller.ts'
import { createBillingClient } from './billing-client.ts'
import type { BillingClient } from './billing-client.ts'
import type { GatewayConfig, WorkerConfig } from './config.ts'
import type { GatewayDb } from './db/schema/index.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { gatewayLogger, workerLogger } from './logger.ts'
import { createChangeTask, createFindTask } from './tasks/task-store.ts'
import { createSaveProgress } from './tasks/progress-store.ts'
import type { SaveProgress } from './tasks/progress-store.ts'
import type { ChangeTask, FindTask } from './tasks/task-store.ts'

interface CommonContext extends AsyncDisposable {
  db: GatewayDb
  temporal: TemporalClient
  billing: BillingClient
  changeTask: ChangeTask
  saveProgress: SaveProgress
  events: Events
  logger: Logger
  metrics: Registry
  now: () => Date
}

/** What the HTTP process works with. */
export interface GatewayContext extends CommonContext {
  config: GatewayConfig
  findCaller: FindCaller
  findTask: FindTask
  objects: ObjectStore
  policy: SafeFetchPolicy
}

/** What the activity process works with. */
export interface WorkerContext extends CommonContext {
  resultKeptMs: number
}

export function createGatewayContext(config: GatewayConfig): GatewayContext {
  const pool = openPool(config.db)
  const common = createCommon(config, pool, gatewayLogger(config.logLevel))
  return {
    ...common,
    config,
    findCaller: createFindCaller(common.db, config.keys.peppers),
    findTask: createFindTask(pool),
    objects: openObjectStore(config.objectStore),
    policy: readPolicy({
      allow: config.sources.allow,
      ownHosts: [new URL(config.publicUrl).hostname],
      production: config.sources.production,
    }),
  }
}

export function createWorkerContext(config: WorkerConfig): WorkerContext {
  const pool = openPool(config.db)
  return {
    ...createCommon(config, pool, workerLogger(config.logLevel)),
    resultKeptMs: config.resultKeptMs,
  }
}

type CommonConfig = Pick<WorkerConfig, 'temporal' | 'billing'>

function createCommon(config: CommonConfig, pool: Pool, logger: Logger): CommonContext {
  const db: GatewayDb = dbOver(pool)
  const temporal = connectTemporal(config.temporal)
  const metrics = createMetrics()
  return {
    db,
    temporal,
    billing: createBillingClient(config.billing),
    changeTask: createChangeTask(pool),
    saveProgress: createSaveProgress(pool),
    events: createEvents(logger, metrics),
    logger,
    metrics,
    now: () => new Date(),
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await temporal[Symbol.asyncDispose]()
    },
  }
}
