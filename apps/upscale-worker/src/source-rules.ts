import { pictureSeconds } from '@upscale/ffmpeg'
import type { MediaInfo, VideoStream } from '@upscale/ffmpeg'
import { MAX_FPS, MAX_FRAMES, sourceChanged } from '@upscale/types'
import type { MediaFacts } from '@upscale/types'
import { unreadable } from './tool-failures.ts'

const SLACK_SECONDS = 0.5 // clocks of files and rounding of writers stay within
const SLACK_SHARE = 0.02

/**
 * Throws SOURCE_CHANGED where the file is not what was priced, SOURCE_UNREADABLE where its packets do
 * not bear out its header; else gives its picture.
 */
export function refuseOtherSource(
  priced: MediaFacts,
  facts: MediaFacts,
  info: MediaInfo,
): VideoStream {
  if (facts.durationMs !== priced.durationMs) throw sourceChanged()
  const { video } = info
  if (!video || video.times.length === 0) throw unreadable('no_video_stream')
  refuseOtherPicture(facts, video)
  refuseOtherTimes(priced, info, video)
  return video
}

function refuseOtherPicture({ video: header }: MediaFacts, video: VideoStream): void {
  const isSame =
    video.codec === header.codec &&
    video.width === header.codedWidth &&
    video.height === header.codedHeight &&
    video.rotation === header.rotation
  if (!isSame) throw unreadable('media_inconsistent')
  const { transfer } = video.colour
  if (transfer === 'smpte2084' || transfer === 'arib-std-b67') throw unreadable('hdr_not_supported')
}

/** What a header says of time, players believe; what it hides, we would work on without pay. */
function refuseOtherTimes(priced: MediaFacts, info: MediaInfo, video: VideoStream): void {
  const seconds = priced.durationMs / 1000
  const first = (video.times[0] ?? 0) / video.timescale
  const last = (video.times.at(-1) ?? 0) / video.timescale
  const end = first + pictureSeconds(video)

  if (video.times.length > MAX_FRAMES) throw unreadable('too_many_frames')
  if (video.times.length / pictureSeconds(video) > MAX_FPS + 1) {
    throw unreadable('frame_rate_too_high')
  }
  if (last - info.startSeconds > seconds + SLACK_SECONDS) throw sourceChanged('media_inconsistent')
  const slack = Math.max(SLACK_SECONDS, seconds * SLACK_SHARE)
  const longest = Math.max(end, ...info.audio.map(({ endSeconds }) => endSeconds))
  const isShort =
    priced.container === 'mkv' ? longest < seconds - slack : end < seconds - SLACK_SECONDS
  if (isShort) throw unreadable('source_truncated')
}
