import { requireMigrated } from '@upscale/db'
import { startInternalServer } from '@upscale/runtime'
import { startActivityWorker } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { WorkerConfig } from './config.ts'
import type { WorkerContext } from './context.ts'
import { SCHEMA } from './db/migrate.ts'
import { migrations } from './db/migrations/index.ts'
import { pingDatabase } from './db/ping-database.ts'
import { watchProgress } from './tasks/watch-progress.ts'

export interface GatewayWorker extends AsyncDisposable {
  internalPort: number
  /** Rejects when the worker dies of itself. */
  done: Promise<void>
}

/** Serves queue `gateway`, and brings progress into the rows of running tasks. */
export async function startWorker(
  ctx: WorkerContext,
  { temporal, internalPort }: Pick<WorkerConfig, 'temporal' | 'internalPort'>,
): Promise<GatewayWorker> {
  await requireMigrated(ctx.db, { schema: SCHEMA, migrations })
  await using parts = new AsyncDisposableStack()
  const worker = parts.use(
    await startActivityWorker({
      temporal,
      taskQueue: QUEUES.gateway,
      activities: createActivities(ctx),
      logger: ctx.logger,
    }),
  )
  parts.use(watchProgress(ctx))
  const checks = { database: () => pingDatabase(ctx.db), temporal: worker.check }
  const internal = parts.use(
    await startInternalServer({ port: internalPort, checks, metrics: ctx.metrics }),
  )
  parts.defer(internal.drain)
  const all = parts.move()
  return {
    internalPort: internal.port,
    done: worker.done,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
