import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CancelledFailure,
  cancellationDetails,
  cancellationSignal,
  heartbeat,
} from '@temporalio/activity'
import { createLogger, openSource } from '@upscale/runtime'
import { startActivityWorker, startWorkflowWorker, stoppable } from '@upscale/runtime/worker'
import { AppError, probeFailed, videoTooLong } from '@upscale/types'
import type { SealedSource, UpscaleOutput, UpscaleProgress } from '@upscale/types'
import { QUEUES } from '@upscale/workflows/activities'
import type { ProbeActivities, UpscaleActivities } from '@upscale/workflows/activities'
import { media, upscaleOutput } from './job-facts.ts'
import type { TestGateway } from './test-gateway.ts'

const logger = createLogger('test', 'silent')
const bundlePath = createRequire(import.meta.url).resolve('@upscale/workflows/bundle')

/** Bytes of every result. */
export const RESULT = Buffer.from('0123456789')

export type TestSteps = Awaited<ReturnType<typeof startSteps>>

/**
 * The other apps' side of a job, in the namespace of `gateway`: the real workflow, and steps whose
 * outcome the file name of the source decides.
 */
export async function startSteps(gateway: TestGateway) {
  const { temporal } = gateway.workerConfig
  const released = new Set<string>()
  const fileOf = (source: SealedSource) =>
    new URL(openSource(gateway.ctx.config.sources.keyRing, source)).pathname.slice(1)

  const probe: ProbeActivities = {
    async probeVideo({ source }) {
      switch (fileOf(source)) {
        case 'too-long.mp4':
          throw videoTooLong(74_200)
        case '404.mp4':
          throw probeFailed('source_http_status', 'the server answered 404')
        case 'big.mp4':
          throw new AppError('OUTPUT_TOO_LARGE', 'too big', { details: { max_factor: '2' } })
        default:
          return media
      }
    },
  }
  const upscale: UpscaleActivities = {
    async upscale({ source, taskId }) {
      const startedAt = Date.now()
      switch (fileOf(source)) {
        case 'fails.mp4':
          throw new AppError('SOURCE_UNREADABLE', 'The video could not be decoded')
        case 'mends.mp4':
          if (released.has(taskId)) break
          throw new AppError('SOURCE_UNREADABLE', 'The video could not be decoded')
        case 'outage.mp4':
          if (released.has(taskId)) break
          throw new AppError('UPSCALER_UNAVAILABLE', 'The upscaler did not answer in time')
        case 'slow.mp4':
          await stoppable((signal) => beatUntil(() => released.has(taskId), startedAt, signal))
          break
        case 'steady.mp4':
          await untilCanceled(
            beatUntil(() => released.has(taskId), startedAt, cancellationSignal(), rising),
            startedAt,
          )
          break
        case 'fetching.mp4':
          await stoppable((signal) =>
            beatUntil(() => released.has(taskId), startedAt, signal, fetching),
          )
          break
        case 'finalizing.mp4': // hears of no cancel
          await beatUntil(() => released.has(taskId), startedAt, undefined, finalizing)
      }
      return await storedResult(gateway.objects, taskId, startedAt)
    },
  }
  const parts = new AsyncDisposableStack()
  const serve = async (taskQueue: string, activities: object) =>
    parts.use(await startActivityWorker({ temporal, taskQueue, activities, logger }))
  await serve(QUEUES.mediaProbe, probe)
  await serve(QUEUES.billing, gateway.billing.activities)
  await serve(QUEUES.upscale, upscale)
  await serve(QUEUES.upscaleMagic, upscale)
  const taskQueue = QUEUES.orchestrator
  parts.use(await startWorkflowWorker({ temporal, taskQueue, bundlePath, logger }))
  return {
    /** Lets a slow upscale end, and one that failed succeed. */
    release: (taskId: string) => released.add(taskId),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

type Beat = Pick<UpscaleProgress, 'stage' | 'progress'>
const fetching = (): Beat => ({ stage: 'fetching', progress: 0.02 })
const finalizing = (): Beat => ({ stage: 'finalizing', progress: 0.95 })
const rising = (beats: number): Beat => ({
  stage: 'upscaling',
  progress: Math.min(0.9, 0.15 + beats / 1_000),
})
const still = (): Beat => ({ stage: 'upscaling', progress: 0.42 })

/** As the real one does, a canceled upscale says how far it came and how much is kept. */
async function untilCanceled(work: Promise<void>, startedAt: number): Promise<void> {
  await work.catch((error: unknown) => {
    if (!cancellationDetails()?.cancelRequested) throw error
    const reached = { attempt: 1, stage: 'upscaling', progress: 0.465, startedAt }
    throw new CancelledFailure('Canceled', [{ donePercent: 42, ...reached }])
  })
}

async function beatUntil(
  isOver: () => boolean,
  startedAt: number,
  signal: AbortSignal | undefined,
  beat: (beats: number) => Beat = still,
) {
  const facts: UpscaleProgress = {
    stage: 'upscaling',
    progress: 0.42,
    frames: 107,
    of: 255,
    etaSeconds: 61,
    startedAt,
  }
  for (let beats = 0; !isOver(); beats += 1) {
    heartbeat({ ...facts, ...beat(beats) })
    await sleep(100, undefined, { ...(signal && { signal }) })
  }
}

async function storedResult(
  root: string,
  taskId: string,
  startedAt: number,
): Promise<UpscaleOutput> {
  const outputKey = `results/${taskId}/secret/upscaled.mp4`
  const path = join(root, outputKey)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, RESULT)
  const output = { ...upscaleOutput.output, bytes: RESULT.length }
  return { ...upscaleOutput, outputKey, output, startedAt }
}
