import type { UpscaleOutput, UpscaleProgress } from '@upscale/types'

type Stage = UpscaleProgress['stage']

/** Where each stage begins and ends in the whole. */
export const BANDS: Record<Stage, readonly [from: number, to: number]> = {
  fetching: [0, 0.05],
  preparing: [0.05, 0.15],
  upscaling: [0.15, 0.9],
  finalizing: [0.9, 0.99],
}
const FINALIZING_SHARE = 0.25 // of the upscaling time: the result is decoded once
const EVERY_MS = 250

export interface Progress {
  stage(): Stage
  /** Share of the whole attempt that is done, 0–0.99. */
  progress(): number
  /** Ends the stage before; `of`: all pictures, once they are counted. */
  enter(stage: Stage, of?: number): void
  /** Share of this stage that is done, 0–1. */
  share(share: number): void
  frames(frames: number): void
  /** Whole percent of the pictures done while upscaling, else 0: the part a canceled job keeps. */
  donePercent(): number
  timings(): UpscaleOutput['timings']
  startedAt: number
}

/** Follows one attempt, and tells `report` on real progress alone: silence must mean that it hangs. */
export function openProgress(
  report: (progress: UpscaleProgress) => void,
  now: () => number,
  expectedFrames: number,
): Progress {
  const startedAt = now()
  const spent: Record<Stage, number> = { fetching: 0, preparing: 0, upscaling: 0, finalizing: 0 }
  let stage: Stage = 'fetching'
  let since = startedAt
  let toldAt = -Infinity
  let of = expectedFrames
  let done = 0
  let part = 0

  const close = () => {
    spent[stage] += now() - since
    since = now()
  }
  const progress = (): number => {
    const [from, to] = BANDS[stage]
    return Math.round((from + (to - from) * part) * 1000) / 1000
  }
  const tell = () => {
    toldAt = now()
    report({ stage, progress: progress(), frames: done, of, etaSeconds: eta(), startedAt })
  }
  const eta = (): number | null => {
    const elapsed = now() - since
    if (stage === 'upscaling' && done > 0) {
      const whole = (elapsed / done) * of
      return Math.ceil((whole * (1 + FINALIZING_SHARE) - elapsed) / 1000)
    }
    if (stage !== 'finalizing') return null
    return Math.ceil((spent.upscaling * FINALIZING_SHARE * (1 - part)) / 1000)
  }
  const share = (next: number) => {
    part = Math.min(1, Math.max(part, next))
    if (now() - toldAt >= EVERY_MS) tell()
  }

  return {
    startedAt,
    stage: () => stage,
    progress,
    enter(next, frames = of) {
      close()
      ;[stage, of, part] = [next, frames, 0]
      tell()
    },
    share,
    frames(frames) {
      done = Math.min(of, Math.max(done, frames))
      share(done / of)
    },
    donePercent: () => (stage === 'upscaling' ? Math.floor((100 * done) / of) : 0),
    timings() {
      close()
      const { fetching, preparing, upscaling, finalizing } = spent
      return {
        fetchMs: fetching,
        prepareMs: preparing,
        upscaleMs: upscaling,
        finalizeMs: finalizing,
      }
    },
  }
}
