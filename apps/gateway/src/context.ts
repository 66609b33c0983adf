import { dbOver, openPool } from '@upscale/db'
import type { Pool } from '@upscale/db'
import { openObjectStore } from '@upscale/object-store'
import type { ObjectStore } from '@upscale/object-store'
import { connectTemporal, createMetrics } from '@upscale/runtime'
import type { KeyRing, Logger, Registry, TemporalClient } from '@upscale/runtime'
import { readPolicy } from '@upscale/safe-fetch'
import type { SafeFetchPolicy } from '@upscale/safe-fetch'
import { createFindCaller } from './accounts/find-caller.ts'
import type { FindCaller } from './accounts/find-caller.ts'
import { createBillingClient } from './billing-client.ts'
import type { BillingClient } from './billing-client.ts'
import type { GatewayConfig, WorkerConfig } from './config.ts'
import type { GatewayDb } from './db/schema/index.ts'
import { createSite } from './docs/site.ts'
import type { Site } from './docs/site.ts'
import { ENDPOINTS } from './endpoints.ts'
import { createEta } from './eta/create-eta.ts'
import type { Eta } from './eta/create-eta.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { createLimits } from './limits/limits.ts'
import type { Limits } from './limits/limits.ts'
import { gatewayLogger, workerLogger } from './logger.ts'
import { createReadPast } from './task-events/event-store.ts'
import type { ReadPast } from './task-events/event-store.ts'
import { createOpenStreams } from './task-events/open-streams.ts'
import type { OpenStreams } from './task-events/open-streams.ts'
import { openTaskEvents } from './task-events/open-task-events.ts'
import { createStreamPlaces } from './task-events/stream-places.ts'
import type { StreamPlaces } from './task-events/stream-places.ts'
import type { TaskHub } from './task-events/task-hub.ts'
import { createListTasks } from './tasks/list-tasks-store.ts'
import type { ListTasks } from './tasks/list-tasks-store.ts'
import { createPlaceOrder } from './orders/place-order-store.ts'
import type { PlaceOrder } from './orders/place-order-store.ts'
import { createFindTask } from './tasks/find-task.ts'
import { createChangeTask } from './tasks/task-store.ts'
import { createSaveProgress, createTellPlace } from './tasks/progress-store.ts'
import type { SaveProgress, TellPlace } from './tasks/progress-store.ts'
import type { FindTask } from './tasks/find-task.ts'
import type { ChangeTask } from './tasks/task-store.ts'
import { taskView } from './tasks/task-view.ts'
import type { TaskView } from './tasks/task-view.ts'
import type { Task } from './tasks/task.ts'
import { createRunningPuts } from './uploads/running-puts.ts'
import type { RunningPuts } from './uploads/running-puts.ts'
import { createDeliveryGate } from './webhooks/delivery-gate.ts'
import type { DeliveryGate } from './webhooks/delivery-gate.ts'
import { exportOldestPending } from './webhooks/oldest-pending.ts'

interface CommonContext extends AsyncDisposable {
  db: GatewayDb
  temporal: TemporalClient
  billing: BillingClient
  changeTask: ChangeTask
  findTask: FindTask
  saveProgress: SaveProgress
  policy: SafeFetchPolicy
  /** Seals what signs customers' webhooks. */
  webhookKeys: KeyRing
  /** Between the attempts of a delivery, ms. */
  webhookGapsMs: readonly number[]
  events: Events
  logger: Logger
  metrics: Registry
  now: () => Date
}

/** What the HTTP process works with. */
export interface GatewayContext extends CommonContext {
  config: GatewayConfig
  findCaller: FindCaller
  placeOrder: PlaceOrder
  limits: Limits
  eta: Eta
  listTasks: ListTasks
  objects: ObjectStore
  runningPuts: RunningPuts
  readPast: ReadPast
  taskEvents: TaskHub
  streamPlaces: StreamPlaces
  openStreams: OpenStreams
  site: Site
  /** A task as its customer sees it now. */
  viewOf: (task: Task) => TaskView
}

/** What the activity process works with. */
export interface WorkerContext extends CommonContext {
  publicUrl: string
  webhookGate: DeliveryGate
  tellPlace: TellPlace
  objects: ObjectStore
  resultKeptMs: WorkerConfig['resultKeptMs']
}

export function createGatewayContext(config: GatewayConfig): GatewayContext {
  const pool = openPool(config.db)
  const common = createCommon(config, pool, gatewayLogger(config.logLevel))
  const { db, events, now } = common
  const viewOf = (task: Task) => taskView(task, { publicUrl: config.publicUrl, now: now() })
  const parts = new AsyncDisposableStack()
  parts.use(common)
  const { url } = config.db
  const readPast = createReadPast(pool)
  return {
    ...common,
    config,
    viewOf,
    listTasks: createListTasks(pool),
    readPast,
    taskEvents: parts.use(openTaskEvents({ url, readPast, db, viewOf, events })),
    streamPlaces: parts.use(createStreamPlaces({ db, events, max: config.http.maxStreams })),
    openStreams: parts.use(createOpenStreams(db, events)),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
    findCaller: createFindCaller(common.db, config.keys.peppers, common.events),
    placeOrder: createPlaceOrder(pool),
    limits: createLimits(config.limits, { ...common, pool }),
    eta: createEta(common.db, common.now),
    site: createSite(ENDPOINTS, config.publicUrl),
    objects: openObjectStore(config.objectStore),
    runningPuts: createRunningPuts(),
  }
}

export function createWorkerContext(config: WorkerConfig): WorkerContext {
  const pool = openPool(config.db)
  const common = createCommon(config, pool, workerLogger(config.logLevel))
  exportOldestPending(common.db, common.metrics)
  return {
    ...common,
    publicUrl: config.publicUrl,
    webhookGate: createDeliveryGate(WEBHOOK_GATE),
    tellPlace: createTellPlace(pool),
    objects: openObjectStore(config.objectStore),
    resultKeptMs: config.resultKeptMs,
  }
}

const WEBHOOK_GATE = { perHost: 4, perAccount: 12, total: 50 }

type CommonConfig = Pick<WorkerConfig, 'temporal' | 'billing' | 'fetch' | 'publicUrl' | 'webhooks'>

function createCommon(config: CommonConfig, pool: Pool, logger: Logger): CommonContext {
  const db: GatewayDb = dbOver(pool)
  const temporal = connectTemporal(config.temporal)
  const metrics = createMetrics()
  const events = createEvents(logger, metrics)
  return {
    db,
    temporal,
    billing: createBillingClient(config.billing),
    changeTask: createChangeTask(pool),
    findTask: createFindTask(pool),
    saveProgress: createSaveProgress(pool),
    policy: readPolicy({
      ...config.fetch,
      ownHosts: [new URL(config.publicUrl).hostname],
      onAllowed: events.allowListUsed,
    }),
    webhookKeys: config.webhooks.keyRing,
    webhookGapsMs: config.webhooks.gapsMs,
    events,
    logger,
    metrics,
    now: () => new Date(),
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await temporal[Symbol.asyncDispose]()
    },
  }
}
