import { refuseTooLong } from './duration-rules.ts'
import { noDuration } from './refusals.ts'

/** Seconds as whole milliseconds; refuses none, endless and far too long ones. */
export function checkedMs(seconds: number): number {
  const durationMs = Math.round(seconds * 1000)
  if (!Number.isFinite(durationMs) || durationMs <= 0) {
    throw noDuration('the file does not say how long its picture is')
  }
  refuseTooLong(durationMs)
  return durationMs
}

/** Three decimals: clocks of a file rarely divide evenly, and 120 must read as 120. */
export const roundedFps = (fps: number): number => Math.round(fps * 1000) / 1000
