import { access, constants } from 'node:fs/promises'
import { startActivityProcess, startActivityWorker } from '@upscale/runtime/worker'
import type { WorkerProcess } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import { createActivities } from './activities.ts'
import type { UpscaleWorkerConfig } from './config.ts'
import type { UpscaleContext } from './context.ts'
import { sweepWorkFolders } from './work-folder.ts'

type StartConfig = Pick<UpscaleWorkerConfig, 'temporal' | 'internal' | 'slots'>

const MAGIC_SLOTS = 200 // these wait more than they work

/** Serves queues `upscale` and `upscale-magic`, and health and metrics on the internal port. */
export async function startUpscaleWorker(
  ctx: UpscaleContext,
  { temporal, internal, slots }: StartConfig,
): Promise<WorkerProcess> {
  await sweepWorkFolders(ctx.workFolder)
  const common = { temporal, activities: createActivities(ctx), logger: ctx.logger }
  await using parts = new AsyncDisposableStack()
  const magic = parts.use(
    await startActivityWorker({
      ...common,
      taskQueue: QUEUES.upscaleMagic,
      maxConcurrent: MAGIC_SLOTS,
    }),
  )
  const upscale = await startActivityProcess({
    ...common,
    taskQueue: QUEUES.upscale,
    maxConcurrent: slots,
    internal,
    checks: { tools: () => requireTools(ctx), magic: magic.check },
    metrics: ctx.metrics,
  })
  parts.move()
  return {
    port: upscale.port,
    done: Promise.race([upscale.done, magic.done]),
    async [Symbol.asyncDispose]() {
      await Promise.all([upscale[Symbol.asyncDispose](), magic[Symbol.asyncDispose]()])
    },
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
