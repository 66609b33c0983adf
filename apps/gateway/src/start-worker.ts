import { pingDatabase, requireMigrated } from '@upscale/db'
import { startActivityProcess } from '@upscale/runtime/worker'
import type { WorkerProcess } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { WorkerConfig } from './config.ts'
import type { WorkerContext } from './context.ts'
import { SCHEMA } from './db/migrate.ts'
import { migrations } from './db/migrations/index.ts'
import { sweepOrders } from './orders/sweep-orders.ts'
import { watchProgress } from './tasks/watch-progress.ts'

/** Serves queue `gateway`, brings progress into the rows of running tasks, and tidies up orders. */
export async function startWorker(
  ctx: WorkerContext,
  { temporal, internal }: Pick<WorkerConfig, 'temporal' | 'internal'>,
): Promise<WorkerProcess> {
  await requireMigrated(ctx.db, { schema: SCHEMA, migrations })
  await using parts = new AsyncDisposableStack()
  const { port, done } = parts.use(
    await startActivityProcess({
      temporal,
      taskQueue: QUEUES.gateway,
      activities: createActivities(ctx),
      internal,
      checks: { database: () => pingDatabase(ctx.db) },
      logger: ctx.logger,
      metrics: ctx.metrics,
    }),
  )
  parts.use(watchProgress(ctx))
  parts.use(sweepOrders(ctx))
  const all = parts.move()
  return { port, done, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
