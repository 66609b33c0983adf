import { startActivityProcess } from '@upscale/runtime/worker'
import type { WorkerProcess } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { MediaProbeConfig } from './config.ts'
import type { MediaProbeContext } from './context.ts'

type StartConfig = Pick<MediaProbeConfig, 'temporal' | 'internal' | 'maxConcurrent'>

/** Serves queue `media-probe`, and health and metrics on the internal port. */
export const startMediaProbe = (
  ctx: MediaProbeContext,
  { temporal, internal, maxConcurrent }: StartConfig,
): Promise<WorkerProcess> =>
  startActivityProcess({
    temporal,
    taskQueue: QUEUES.mediaProbe,
    activities: createActivities(ctx),
    maxConcurrent,
    internal,
    logger: ctx.logger,
    metrics: ctx.metrics,
  })
