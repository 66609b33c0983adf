import { setTimeout as sleep } from 'node:timers/promises'
import type { MagicUpscale, UpscaleOutput } from '@upscale/types'
import type { UpscaleInput } from '@upscale/workflows/activities'
import { allDone } from '../all-done.ts'
import type { UpscaleContext } from '../context.ts'
import { BANDS } from '../progress.ts'
import type { Progress } from '../progress.ts'
import { publishResult } from '../publish-result.ts'
import { openWorkFolder } from '../work-folder.ts'
import { makeMagicVideo, measureMagicVideo } from './make-magic-video.ts'

const TICK_MS = 250 // a heartbeat a second needs more than one: a cancel is heard with it

interface MagicRun {
  /** Number of the attempt, from 1. */
  attempt: number
  progress: Progress
  signal: AbortSignal
}

/** One attempt at a magic video: its stages by the clock, and in the end a real file. Nothing is fetched. */
export async function playMagic(
  ctx: UpscaleContext,
  input: UpscaleInput,
  script: MagicUpscale,
  { attempt, progress, signal }: MagicRun,
): Promise<Omit<UpscaleOutput, 'attempt'>> {
  await using work = await openWorkFolder(ctx.workFolder, input.taskId)
  const clock = openClock(ctx.now, progress.startedAt, script.takesMs, signal)
  const untilEndOf = (stage: keyof typeof BANDS) => clock.until(BANDS[stage][1], progress.share)

  progress.enter('fetching')
  await untilEndOf('fetching')

  progress.enter('preparing')
  const making = makeMagicVideo(ctx, input, { folder: work.path, signal })
  const [path] = await allDone([making, untilEndOf('preparing')])

  progress.enter('upscaling', input.media.video.frames)
  await playUpscaling(script, attempt, progress, clock, input.media.video.frames)
  signal.throwIfAborted() // the last moment in which a cancel counts

  progress.enter('finalizing')
  const [stored] = await allDone([store(), untilEndOf('finalizing')])
  return { ...stored, timings: progress.timings(), startedAt: progress.startedAt }

  async function store(): Promise<Pick<UpscaleOutput, 'output' | 'outputKey'>> {
    const output = await measureMagicVideo(ctx, path, input, signal)
    const storing = { bytes: output.bytes, signal, onShare: () => undefined }
    return { output, outputKey: await publishResult(ctx, input.taskId, path, storing) }
  }
}

async function playUpscaling(
  { hold, fails }: MagicUpscale,
  attempt: number,
  progress: Progress,
  clock: Clock,
  frames: number,
): Promise<void> {
  const [begin, end] = BANDS.upscaling
  const framesUpTo = async (from: number, to: number) => {
    const onShare = (share: number) =>
      progress.frames(Math.ceil(frames * (from + (to - from) * share)))
    await clock.until(begin + (end - begin) * to, onShare)
    onShare(1)
  }
  if (fails && attempt <= fails.times) {
    await framesUpTo(0, 0.5)
    throw fails.why()
  }
  const holdsAt = (hold?.percent ?? 0) / 100
  if (hold) {
    await framesUpTo(0, holdsAt)
    await clock.hold(hold.ms, () => progress.frames(Math.ceil(frames * holdsAt)))
  }
  await framesUpTo(holdsAt, 1)
}

type Clock = ReturnType<typeof openClock>

/** Waits for shares of the whole time of an attempt; throws as soon as it is to stop. */
function openClock(now: () => number, startedAt: number, takesMs: number, signal: AbortSignal) {
  let heldMs = 0
  const tickUntil = async (end: number, onTick: () => void) => {
    while (now() < end) {
      await sleep(Math.min(TICK_MS, end - now()), undefined, { signal })
      onTick()
    }
  }
  return {
    /** `onShare`: how much of this wait is over, 0–1. */
    async until(share: number, onShare: (share: number) => void): Promise<void> {
      const from = now()
      const end = startedAt + heldMs + share * takesMs
      await tickUntil(end, () => onShare(Math.min(1, (now() - from) / (end - from))))
    },
    async hold(ms: number, onTick: () => void): Promise<void> {
      heldMs += ms
      await tickUntil(now() + ms, onTick)
    },
  }
}
