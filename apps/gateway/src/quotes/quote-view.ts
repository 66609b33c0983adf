import { MODEL, outputCodecOf, outputSizeOf, toCredits } from '@upscale/types'
import { inputView, sourceView } from '../tasks/task-view.ts'
import type { NewQuote } from './create-quote.ts'

/** Answer of `POST /tools/upscale-video/quote`. */
export function quoteView(quote: NewQuote) {
  const size = outputSizeOf(quote.media.video, quote.upscaleFactor)
  const creditsPerSecond = toCredits(quote.creditsPerSecond)
  return {
    quote_id: quote.quoteId,
    model: MODEL,
    input: inputView({ ...quote, creditsPerSecond }),
    credits: toCredits(quote.credits),
    affordable: quote.isAffordable,
    source: sourceView(quote.media),
    output: { ...size, codec: outputCodecOf(size) },
    eta_seconds: quote.etaSeconds,
    expires_at: quote.expiresAt.toISOString(),
  }
}
