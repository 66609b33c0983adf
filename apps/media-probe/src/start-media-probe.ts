import { startInternalServer } from '@upscale/runtime'
import { startActivityWorker } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { MediaProbeConfig } from './config.ts'
import type { MediaProbeContext } from './context.ts'

export interface MediaProbe extends AsyncDisposable {
  /** Port of health and metrics. */
  port: number
  /** Rejects when the worker dies of itself. */
  done: Promise<void>
}

type StartConfig = Pick<MediaProbeConfig, 'temporal' | 'internalPort' | 'maxConcurrent'>

/** Serves queue `media-probe`, and health and metrics on the internal port. */
export async function startMediaProbe(
  ctx: MediaProbeContext,
  { temporal, internalPort, maxConcurrent }: StartConfig,
): Promise<MediaProbe> {
  await using parts = new AsyncDisposableStack()
  const worker = parts.use(
    await startActivityWorker({
      temporal,
      taskQueue: QUEUES.mediaProbe,
      activities: createActivities(ctx),
      maxConcurrent,
      logger: ctx.logger,
    }),
  )
  const checks = { temporal: worker.check }
  const internal = parts.use(
    await startInternalServer({ port: internalPort, checks, metrics: ctx.metrics }),
  )
  parts.defer(internal.drain)
  const all = parts.move()
  return {
    port: internal.port,
    done: worker.done,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
