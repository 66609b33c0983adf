import { videoTooLong } from '@upscale/types'

const SOUND_OVERHANG_MS = 100 // encoder priming and one sound frame; more than that is content
const REFUSE_EARLY_MS = 61_000 // sound may run on, up to here the picture decides
const SLACK_MS = 500
const SLACK_SHARE = 0.02

/** A container's duration as the picture's: what sound runs on past a whole second costs nobody. */
export function cutToWholeSecond(durationMs: number): number {
  const over = durationMs % 1000
  return over <= SOUND_OVERHANG_MS && durationMs >= 1000 ? durationMs - over : durationMs
}

/** Throws VIDEO_TOO_LONG where the movie header alone settles it: the rest need not be read. */
export function refuseTooLong(durationMs: number): void {
  if (durationMs > REFUSE_EARLY_MS) throw videoTooLong(Math.round(durationMs))
}

/** The picture runs on after the end that the movie header gives: one of the two lies. */
export const outlasts = (pictureMs: number, headerMs: number): boolean =>
  pictureMs > headerMs + Math.max(SLACK_MS, headerMs * SLACK_SHARE)

export interface Edit {
  /** Ticks of the movie's clock; 0: to the end of the media. */
  duration: number
  /** Ticks of the track's clock; negative: nothing is shown. */
  mediaTime: number
  /** A still of the first frame, for the whole duration. */
  dwell: boolean
}

export interface Clocks {
  movie: number
  media: number
}

/**
 * Seconds that a track is presented for: its edits, each cut to the media that there is; all of it
 * where there are none. `mediaEnd`: presentation time behind the last sample, media ticks.
 */
export function presentedSeconds(edits: readonly Edit[], clocks: Clocks, mediaEnd: number): number {
  if (edits.length === 0) return mediaEnd / clocks.media
  return edits.reduce((sum, edit) => sum + editSeconds(edit, clocks, mediaEnd), 0)
}

function editSeconds(edit: Edit, clocks: Clocks, mediaEnd: number): number {
  const segment = edit.duration / clocks.movie
  if (edit.mediaTime < 0 || edit.dwell) return segment
  const media = Math.max(0, mediaEnd - edit.mediaTime) / clocks.media
  return edit.duration === 0 ? media : Math.min(segment, media)
}
