import { checkUrl } from '@upscale/safe-fetch'
import { AppError, probeFailed } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import type { UpscaleOrder } from './parse-upscale-order.ts'

/** The URL's text alone: the gateway connects to no customer's host. */
export function checkSource(
  { policy }: Pick<GatewayContext, 'policy'>,
  { videoUrl, place }: Pick<UpscaleOrder, 'videoUrl' | 'place'>,
): void {
  try {
    if (!videoUrl.isWellFormed()) throw probeFailed('url_invalid', 'it is not valid Unicode')
    checkUrl(videoUrl, policy)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, key, details } = error
    throw new AppError(code, message, { key, details, param: `${place}video_url` })
  }
}
