import { objectUrlOf } from '@upscale/object-store'
import { AppError, MAX_URL_LENGTH, isMagicUrl, probeFailed } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { findStored } from '../uploads/upload-store.ts'
import { uploadKeyOf } from '../uploads/upload-url.ts'
import { checkSource } from './check-source.ts'
import type { UpscaleOrder } from './parse-upscale-order.ts'

type Owner = Pick<Caller, 'accountId' | 'livemode'>

/**
 * Where the bytes of an order are read: its URL, or `store://<key>` for an upload of the caller's own.
 * Throws PROBE_FAILED.
 */
export async function resolveSource(
  ctx: Pick<GatewayContext, 'config' | 'db' | 'now' | 'policy'>,
  owner: Owner,
  order: Pick<UpscaleOrder, 'videoUrl' | 'place'>,
): Promise<string> {
  const { videoUrl } = order
  if (isPlain(videoUrl) && !owner.livemode && isMagicUrl(videoUrl)) return videoUrl
  const key = isPlain(videoUrl) ? uploadKeyOf(ctx.config.publicUrl, videoUrl) : undefined
  if (key === undefined) {
    checkSource(ctx, order)
    return videoUrl
  }
  const upload = await findStored(ctx.db, key, ctx.now(), owner)
  if (!upload) throw noSuchUpload(order)
  return objectUrlOf(upload.objectKey)
}

/** What is not fetched is stored all the same: no character and no length that a URL may not have. */
const isPlain = (url: string): boolean => url.length <= MAX_URL_LENGTH && /^[!-~]*$/.test(url)

/** The same for one that is missing, over, not filled yet, and of somebody else. */
function noSuchUpload({ place }: Pick<UpscaleOrder, 'place'>): AppError {
  const reason =
    'there is no such upload of this account. Uploads are kept for 24 hours: upload it again'
  const { code, message, key } = probeFailed('source_unreachable', reason)
  return new AppError(code, message, { key, param: `${place}video_url` })
}
