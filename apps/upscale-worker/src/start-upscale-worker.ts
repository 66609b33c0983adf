import { access, constants } from 'node:fs/promises'
import { startActivityProcess } from '@upscale/runtime/worker'
import type { WorkerProcess } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { UpscaleWorkerConfig } from './config.ts'
import type { UpscaleContext } from './context.ts'
import { sweepWorkFolders } from './work-folder.ts'

type StartConfig = Pick<UpscaleWorkerConfig, 'temporal' | 'internal' | 'slots'>

/** Serves queue `upscale`, and health and metrics on the internal port. */
export async function startUpscaleWorker(
  ctx: UpscaleContext,
  { temporal, internal, slots }: StartConfig,
): Promise<WorkerProcess> {
  await sweepWorkFolders(ctx.workFolder)
  return await startActivityProcess({
    temporal,
    taskQueue: QUEUES.upscale,
    activities: createActivities(ctx),
    maxConcurrent: slots,
    internal,
    checks: { tools: () => requireTools(ctx) },
    logger: ctx.logger,
    metrics: ctx.metrics,
  })
}

/** They were found at the start; somebody may have removed them since. */
async function requireTools({ tools }: UpscaleContext): Promise<void> {
  for (const path of [tools.ffmpeg, tools.ffprobe]) {
    await access(path, constants.X_OK).catch((cause: unknown) => {
      throw new Error(`${path} is gone`, { cause })
    })
  }
}
