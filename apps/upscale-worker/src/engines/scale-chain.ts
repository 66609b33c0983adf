import type { Colour, VideoStream } from '@upscale/ffmpeg'
import type { UpscalePlan } from '../plan-upscale.ts'

/** Scales, and makes of the picture what players expect; `after` works on the new size. */
export const scaleChain = (
  video: VideoStream,
  plan: UpscalePlan,
  after: readonly string[] = [],
): string =>
  [
    scale(video, plan),
    'format=yuv420p',
    ...after,
    ...evenSides(plan),
    colourTags(video.colour, plan.from.height),
  ].join(',')

/** Numbers, never `iw*2`: a stream may change its size midway. These flags are the same on each host. */
function scale(video: VideoStream, { factor, from, to }: UpscalePlan): string {
  const { width, height } = factor === '1' ? from : to
  return [
    `scale=${width}:${height}:flags=lanczos+accurate_rnd+bitexact:out_range=tv`,
    ...(isRgb(video) ? ['out_color_matrix=bt709'] : []),
    ...(isDeep(video) ? ['sws_dither=ed'] : []),
  ].join(':')
}

const isRgb = ({ pixelFormat, colour }: VideoStream): boolean =>
  colour.matrix === 'gbr' || /^(gbr|rgb|bgr|argb|abgr)/.test(pixelFormat)

const isDeep = ({ pixelFormat }: VideoStream): boolean => /1[0246](le|be)$/.test(pixelFormat)

/** 4:2:0 needs even sides: the last row and column are repeated. */
function evenSides({ from, to, factor }: UpscalePlan): string[] {
  const right = to.width - from.width
  const bottom = to.height - from.height
  if (factor !== '1' || (right === 0 && bottom === 0)) return []
  return [`pad=${to.width}:${to.height}`, `fillborders=right=${right}:bottom=${bottom}:mode=smear`]
}

const SD_MAX_LINES = 576

/** Says what players would otherwise guess from the size, which has changed. */
export function colourTags(colour: Colour, lines: number): string {
  const matrix = colour.matrix === 'gbr' ? 'bt709' : (colour.matrix ?? usualMatrix(colour, lines))
  const primaries = colour.primaries ?? PRIMARIES[matrix] ?? 'bt709'
  const transfer = colour.transfer ?? (matrix === 'bt709' ? 'bt709' : 'smpte170m')
  return `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`
}

function usualMatrix({ primaries }: Colour, lines: number): string {
  if (primaries === 'bt709' || lines > SD_MAX_LINES) return 'bt709'
  return lines % 288 === 0 ? 'bt470bg' : 'smpte170m' // 288 and 576 lines: PAL
}

const PRIMARIES: Record<string, string> = {
  bt470bg: 'bt470bg',
  smpte170m: 'smpte170m',
  bt2020nc: 'bt2020',
}
