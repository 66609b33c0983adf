import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pingDatabase, requireMigrated } from '@upscale/db'
import { createHealth } from '@upscale/runtime'
import { startActivityWorker } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import { createApp } from './app.ts'
import type { BillingConfig } from './config.ts'
import type { BillingContext } from './context.ts'
import { SCHEMA } from './db/migrate.ts'
import { migrations } from './db/migrations/index.ts'

// A burst on one account waits in memory: it must not fill all slots before the calls of others come in.
const ACTIVITIES_MAX = 400

export interface Billing extends AsyncDisposable {
  /** Port of the internal HTTP API. */
  port: number
  /** Rejects when the worker dies of itself. */
  done: Promise<void>
}

/** Serves queue `billing` and the internal HTTP API; refuses a database that is older than the code. */
export async function startBilling(ctx: BillingContext, config: BillingConfig): Promise<Billing> {
  await requireMigrated(ctx.db, { schema: SCHEMA, migrations })
  await using parts = new AsyncDisposableStack()
  const worker = parts.use(
    await startActivityWorker({
      temporal: config.temporal,
      taskQueue: QUEUES.billing,
      activities: createActivities(ctx),
      maxConcurrent: ACTIVITIES_MAX,
      logger: ctx.logger,
    }),
  )
  const checks = { database: () => pingDatabase(ctx.db), temporal: worker.check }
  const health = createHealth(checks, ctx.metrics)
  const server = createServer(createApp(ctx, health, config.http.secret))
  server.listen(config.http.listen)
  await once(server, 'listening')
  parts.defer(async () => {
    server.close()
    server.closeIdleConnections()
    await once(server, 'close')
  })
  parts.defer(health.drain)
  const all = parts.move()
  return {
    port: (server.address() as AddressInfo).port,
    done: worker.done,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
