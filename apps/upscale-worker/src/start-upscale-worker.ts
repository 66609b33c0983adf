import { access, constants } from 'node:fs/promises'
import { startInternalServer } from '@upscale/runtime'
import { startActivityWorker } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { UpscaleWorkerConfig } from './config.ts'
import type { UpscaleContext } from './context.ts'
import { sweepWorkFolders } from './work-folder.ts'

export interface UpscaleWorker extends AsyncDisposable {
  /** Port of health and metrics. */
  port: number
  /** Rejects when the worker dies of itself. */
  done: Promise<void>
}

type StartConfig = Pick<UpscaleWorkerConfig, 'temporal' | 'internalPort' | 'slots'>

/** Serves queue `upscale`, and health and metrics on the internal port. */
export async function startUpscaleWorker(
  ctx: UpscaleContext,
  { temporal, internalPort, slots }: StartConfig,
): Promise<UpscaleWorker> {
  await sweepWorkFolders(ctx.workFolder)
  await using parts = new AsyncDisposableStack()
  const worker = parts.use(
    await startActivityWorker({
      temporal,
      taskQueue: QUEUES.upscale,
      activities: createActivities(ctx),
      maxConcurrent: slots,
      logger: ctx.logger,
    }),
  )
  const checks = { temporal: worker.check, tools: () => requireTools(ctx) }
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

/** They were found at the start; somebody may have removed them since. */
async function requireTools({ tools }: UpscaleContext): Promise<void> {
  for (const path of [tools.ffmpeg, tools.ffprobe]) {
    await access(path, constants.X_OK).catch((cause: unknown) => {
      throw new Error(`${path} is gone`, { cause })
    })
  }
}
