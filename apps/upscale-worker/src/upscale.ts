import {
  CancelledFailure,
  activityInfo,
  cancellationDetails,
  heartbeat,
} from '@temporalio/activity'
import { picturesPerSecond } from '@upscale/ffmpeg'
import { stoppable } from '@upscale/runtime/worker'
import { AppError } from '@upscale/types'
import type { UpscaleOutput } from '@upscale/types'
import { applicationFailureOf } from '@upscale/workflows/activities'
import type { UpscaleInput } from '@upscale/workflows/activities'
import { aliveWhile } from './alive-while.ts'
import { checkSource } from './check-source.ts'
import type { UpscaleContext } from './context.ts'
import { fetchSource } from './fetch-source.ts'
import { joinResult } from './join-result.ts'
import { planUpscale } from './plan-upscale.ts'
import { magicOf } from './magic/magic-of.ts'
import { playMagic } from './magic/play-magic.ts'
import { openProgress } from './progress.ts'
import type { Progress } from './progress.ts'
import { publishResult } from './publish-result.ts'
import { requireSpace } from './require-space.ts'
import { stopSignalOf } from './stop-signal-of.ts'
import { hostFailure } from './tool-failures.ts'
import { verifyOutput } from './verify-output.ts'
import { openWorkFolder } from './work-folder.ts'

/**
 * One attempt at a job, from its source to a verified result in the object store; what it leaves behind
 * otherwise is nothing. Throws an ApplicationFailure of a task code that says how far it came; after a
 * cancel a CancelledFailure that says so too, and how much is kept. A cancel while it is finalizing comes
 * too late.
 */
export async function upscale(ctx: UpscaleContext, input: UpscaleInput): Promise<UpscaleOutput> {
  const { taskId, factor, round, media } = input
  const magic = magicOf(input)
  const engine = input.livemode === false ? ctx.plainEngine : ctx.engine
  const { attempt: number } = activityInfo()
  const attempt = { taskId, factor, round, attempt: number, engine: magic ? 'magic' : engine.name }
  const progress = openProgress(heartbeat, ctx.now, media.video.frames)
  ctx.events.attemptBegan(attempt, ctx.tools)
  try {
    const made = await stoppable((asked) => {
      const signal = stopSignalOf(asked, () => progress.stage() === 'finalizing')
      return magic
        ? playMagic(ctx, input, magic, { attempt: number, progress, signal })
        : makeResult({ ...ctx, engine }, input, progress, signal)
    })
    const output = { ...made, attempt: attempt.attempt }
    ctx.events.upscaled(attempt, output)
    return output
  } catch (error) {
    const { startedAt } = progress
    const at = { stage: progress.stage(), progress: progress.progress() }
    const reached = { attempt: number, ...at, startedAt }
    if (!cancellationDetails()) {
      const failure = hostFailure(error)
      ctx.events.upscaleFailed(attempt, reached.stage, failure)
      if (!(failure instanceof AppError)) throw failure
      throw applicationFailureOf(failure, reached)
    }
    const donePercent = progress.donePercent()
    ctx.events.upscaleStopped(attempt, reached.stage, donePercent)
    if (!cancellationDetails()?.cancelRequested) throw error
    throw new CancelledFailure('Canceled', [{ donePercent, ...reached }])
  }
}

async function makeResult(
  ctx: UpscaleContext,
  input: UpscaleInput,
  progress: Progress,
  signal: AbortSignal,
): Promise<Omit<UpscaleOutput, 'attempt'>> {
  await using work = await openWorkFolder(ctx.workFolder, input.taskId)
  const folder = work.path

  progress.enter('fetching')
  await requireSpace(ctx, folder, input)
  const fetched = await fetchSource(ctx, input, { folder, signal, onShare: progress.share })

  progress.enter('preparing')
  const source = await aliveWhile(
    () => progress.share(0),
    () => checkSource(ctx, fetched.path, input.media, signal),
  )
  const { video, info, samples } = source
  const plan = planUpscale(video, info.startSeconds, input.factor)

  progress.enter('upscaling', plan.frames)
  const onFrames = progress.frames
  const picture = { folder, source: fetched.path, video, plan, samples, signal, onFrames }
  const pieces = await ctx.engine.upscale(picture)
  signal.throwIfAborted() // the last moment in which a cancel counts

  progress.enter('finalizing')
  const ending = (from: number, to: number) => ({
    onShare: (share: number) => progress.share(from + (to - from) * share),
    onFrames: (frames: number) => progress.share(from + ((to - from) * frames) / plan.frames),
  })
  const joining = { folder, source: fetched.path, signal, ...ending(0, 0.2) }
  const path = await joinResult(ctx, source, plan, pieces, joining)
  const output = await verifyOutput(ctx, path, source, plan, { signal, ...ending(0.2, 0.8) })
  const storing = { bytes: output.bytes, signal, ...ending(0.8, 1) }
  const outputKey = await publishResult(ctx, input.taskId, path, storing)

  return {
    outputKey,
    output,
    timings: progress.timings(),
    startedAt: progress.startedAt,
    ...(!input.media.video.framesExact && {
      source: { frames: plan.frames, fps: picturesPerSecond(video) },
    }),
  }
}
