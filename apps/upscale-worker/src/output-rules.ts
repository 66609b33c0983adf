import { pictureSeconds } from '@upscale/ffmpeg'
import type { MediaInfo, VideoStream } from '@upscale/ffmpeg'
import type { UpscalePlan } from './plan-upscale.ts'

export interface Expected {
  info: MediaInfo
  video: VideoStream
  plan: UpscalePlan
}

const SOUND_SLACK_SECONDS = 0.25 // an encoder's priming and its last packet
const TICK_SECONDS = 0.001

/** What is wrong with a result by its own packets; undefined where it is what was ordered. */
export function outputFault(
  expected: Expected,
  result: MediaInfo,
  decodedFrames: number,
): string | undefined {
  const { plan, video: source } = expected
  const { video } = result
  if (!video) return 'it has no picture'
  if (video.codec !== plan.encoder.codec || video.pixelFormat !== 'yuv420p') {
    return 'its picture has another format'
  }
  if (video.width !== plan.to.width || video.height !== plan.to.height || video.rotation !== 0) {
    return 'its picture has another size'
  }
  if (video.times.length !== plan.frames || decodedFrames !== plan.frames) {
    return `it has ${Math.min(video.times.length, decodedFrames)} of ${plan.frames} pictures`
  }
  return (
    timeFault(source, video) ?? delayFault(expected, result, video) ?? soundFault(expected, result)
  )
}

function timeFault(source: VideoStream, result: VideoStream): string | undefined {
  const isOff = source.times.some((_, index) => {
    const shift = Math.abs(shownAt(source, index) - shownAt(result, index))
    return shift > TICK_SECONDS
  })
  if (isOff) return 'its pictures are shown at other times'
  const frame = pictureSeconds(source) / source.times.length
  const isLonger = Math.abs(pictureSeconds(source) - pictureSeconds(result)) > frame
  return isLonger ? 'it has another duration' : undefined
}

/** From the first picture on, seconds. */
const shownAt = ({ times, timescale }: VideoStream, index: number): number =>
  ((times[index] ?? 0) - (times[0] ?? 0)) / timescale

function delayFault(
  { info, video: source, plan }: Expected,
  result: MediaInfo,
  video: VideoStream,
): string | undefined {
  const frame = pictureSeconds(source) / plan.frames
  const shift = delayOf(info, source) - delayOf(result, video)
  return Math.abs(shift) > frame ? 'its picture and sound are apart' : undefined
}

const delayOf = ({ startSeconds }: MediaInfo, { times, timescale }: VideoStream): number =>
  (times[0] ?? 0) / timescale - startSeconds

function soundFault({ info }: Expected, result: MediaInfo): string | undefined {
  if (result.audio.length !== info.audio.length) return 'it has another number of sound tracks'
  const isOff = info.audio.some(({ endSeconds }, index) => {
    const track = result.audio[index]
    const expectedEnd = endSeconds - info.startSeconds
    const end = (track?.endSeconds ?? 0) - result.startSeconds
    return track?.codec !== 'aac' || Math.abs(expectedEnd - end) > SOUND_SLACK_SECONDS
  })
  return isOff ? 'a sound track is not whole' : undefined
}
