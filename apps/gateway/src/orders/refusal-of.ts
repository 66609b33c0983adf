import { AppError } from '@upscale/types'
import type { TaskError } from '@upscale/types'
import { optionPath } from './parse-upscale-order.ts'
import type { SourceOrder, UpscaleOrder } from './parse-upscale-order.ts'

/** What a workflow refused, as an error about the field of the body that led to it. */
export const refusalOf = ({ code, key, message, details }: TaskError, order: Refused): AppError =>
  new AppError(code, message, { key, details, param: paramOf(code, order) })

type Refused = Pick<SourceOrder, 'place'> & Pick<UpscaleOrder, 'inInput'>

function paramOf(code: TaskError['code'], order: Refused): string | undefined {
  const { place } = order
  switch (code) {
    case 'PROBE_FAILED':
    case 'UNSUPPORTED_VIDEO':
    case 'SOURCE_TOO_LARGE':
    case 'VIDEO_TOO_LONG':
      return `${place}video_url`
    case 'OUTPUT_TOO_LARGE':
      return `${place}upscale_factor`
    case 'MAX_CREDITS_EXCEEDED':
      return optionPath(order, 'max_credits')
    case 'QUOTE_EXPIRED':
      return optionPath(order, 'quote_id')
    default:
      return undefined
  }
}
