import { AppError, quoteExpired } from '@upscale/types'
import type { UpscaleJob } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { optionPath } from '../orders/parse-upscale-order.ts'
import type { UpscaleOrder } from '../orders/parse-upscale-order.ts'
import { readQuote } from './quote-store.ts'

/**
 * Probe and price of the quote that an order names; undefined: it names none. An order keeps the quote that
 * was valid when it was placed, so that all requests with its key get the same answer.
 */
export async function findQuote(
  { db }: Pick<GatewayContext, 'db'>,
  caller: Pick<Caller, 'accountId' | 'livemode'>,
  order: UpscaleOrder,
  placedAt: Date,
): Promise<UpscaleJob['quote']> {
  if (order.quoteId === undefined) return undefined
  const param = optionPath(order, 'quote_id')
  const quote = await readQuote(db, caller, order.quoteId)
  if (!quote) throw new AppError('QUOTE_NOT_FOUND', 'Quote not found', { param })
  if (quote.expiresAt <= placedAt) throw quoteExpired(param)
  if (quote.videoUrl !== order.videoUrl || quote.upscaleFactor !== order.factor) {
    throw new AppError(
      'QUOTE_MISMATCH',
      'Quote is for another video_url or upscale_factor. Send the quoted ones, or ask for a new quote',
      { param },
    )
  }
  return { media: quote.media, quotedAt: quote.createdAt.getTime() }
}
