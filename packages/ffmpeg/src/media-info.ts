/** What ffprobe says of a file, in our words. */
export interface MediaInfo {
  /** Earliest timestamp of the file: ffmpeg counts `-ss` from here. */
  startSeconds: number
  /** First real video stream; cover art is none. */
  video: VideoStream | undefined
  audio: readonly AudioStream[]
  /** Text ones that MP4 can carry; pictures are left out. */
  subtitles: readonly TextStream[]
  /** Titles of the chapters in order, '' where one has none. */
  chapters: readonly string[]
  title: string | undefined
}

export interface TextStream {
  index: number
  language: string | undefined
  title: string | undefined
}

export interface AudioStream extends TextStream {
  codec: string
  channels: number
  /** When its last packet ends, seconds on the file's clock. */
  endSeconds: number
}

export interface VideoStream {
  index: number
  codec: string
  /** As coded, before any turn. */
  width: number
  height: number
  /** Clockwise turn in degrees that makes the picture upright. */
  rotation: number
  pixelFormat: string
  colour: Colour
  interlaced: boolean
  /** Ticks of a second. */
  timescale: number
  /** When each picture is shown, in ticks, rising; what an edit list hides is left out. */
  times: readonly number[]
  /** How long the last picture stays, in ticks. */
  lastTicks: number
}

/** ffmpeg's names; undefined where the file says nothing. */
export interface Colour {
  range: 'tv' | 'pc' | undefined
  matrix: string | undefined
  primaries: string | undefined
  transfer: string | undefined
}

/** How long the pictures are shown, seconds. */
export const pictureSeconds = ({ times, lastTicks, timescale }: VideoStream): number =>
  ((times.at(-1) ?? 0) - (times[0] ?? 0) + lastTicks) / timescale

/** Mean over the whole, to the thousandth. */
export const picturesPerSecond = (video: VideoStream): number =>
  Math.round((video.times.length / pictureSeconds(video)) * 1000) / 1000
