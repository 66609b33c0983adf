import { AppError, quoteExpired } from '@upscale/types'
import type { UpscaleJob } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { optionPath } from '../orders/parse-upscale-order.ts'
import type { UpscaleOrder } from '../orders/parse-upscale-order.ts'
import { readQuote } from './quote-store.ts'

/**
 * Probe and price of the quote that an order names; undefined: it names none. An order that was placed
 * before keeps its quote, though that has expired meanwhile.
 */
export async function findQuote(
  ctx: Pick<GatewayContext, 'db' | 'now'>,
  caller: Pick<Caller, 'accountId' | 'livemode'>,
  order: UpscaleOrder,
  { isReplay }: { isReplay: boolean },
): Promise<UpscaleJob['quote']> {
  if (order.quoteId === undefined) return undefined
  const param = optionPath(order, 'quote_id')
  const quote = await readQuote(ctx.db, caller, order.quoteId)
  if (!quote) throw new AppError('QUOTE_NOT_FOUND', 'Quote not found', { param })
  if (quote.expiresAt <= ctx.now() && !isReplay) throw quoteExpired(param)
  if (quote.videoUrl !== order.videoUrl || quote.upscaleFactor !== order.factor) {
    throw new AppError(
      'QUOTE_MISMATCH',
      'Quote is for another video_url or upscale_factor. Send the quoted ones, or ask for a new quote',
      { param },
    )
  }
  return { media: quote.media, quotedAt: quote.createdAt.getTime() }
}
