/** The public limits of a source and its result. */
export const MODEL = 'topaz-video-upscale'
export const MAX_DURATION_MS = 60_000
export const MAX_SOURCE_BYTES = 1_073_741_824
export const MAX_OUTPUT_SIDE_PX = 8192
export const H264_MAX_SIDE_PX = 4096 // H.264 ends here; players expect H.265 above
export const MAX_URL_LENGTH = 2048
export const MAX_FPS = 120
export const MAX_FRAMES = MAX_FPS * 60

export const MAX_UPLOAD_BYTES = 104_857_600
/** What may be uploaded, by the extension of its object key. */
export const UPLOAD_TYPES = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
} as const

/** Test keys' URLs under this host name an outcome and are never fetched. */
export const MAGIC_ORIGIN = 'https://magic.test/'

export const UPSCALE_FACTORS = ['1', '2', '4'] as const
/** `'1'` enhances without a new size. */
export type UpscaleFactor = (typeof UPSCALE_FACTORS)[number]
export const isUpscaleFactor = (value: unknown): value is UpscaleFactor =>
  UPSCALE_FACTORS.includes(value as UpscaleFactor)

export interface FrameSize {
  width: number
  height: number
}

/** Size of the result in pixels, from the upright source size; an odd side at factor 1 is rounded up. */
export const outputSizeOf = ({ width, height }: FrameSize, factor: UpscaleFactor): FrameSize => ({
  width: even(width * Number(factor)),
  height: even(height * Number(factor)),
})

/** How a result of this size is coded, whatever its source. */
export const outputCodecOf = ({ width, height }: FrameSize): 'h264' | 'hevc' =>
  Math.max(width, height) <= H264_MAX_SIDE_PX ? 'h264' : 'hevc'

const even = (side: number): number => side + (side % 2)
