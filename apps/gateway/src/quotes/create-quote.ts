import { sealSource } from '@upscale/runtime'
import { MAGIC_VIDEOS, billedSeconds, magicNameOf } from '@upscale/types'
import type { MagicVideo, MediaFacts, RequestId } from '@upscale/types'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { randomBase62 } from '../random-id.ts'
import type { SourceOrder } from '../orders/parse-upscale-order.ts'
import { refusalOf } from '../orders/refusal-of.ts'
import { resolveSource } from '../orders/resolve-source.ts'
import { probeForQuote } from './probe-for-quote.ts'
import { insertQuote } from './quote-store.ts'
import type { Quote } from './quote-store.ts'

const VALID_MS = 900_000

/** A quote that was just made, and what is true at this moment alone. */
export interface NewQuote extends Quote {
  isAffordable: boolean
  etaSeconds: number | null
}

/** Probes the video and prices its upscale. No credits move, and a refusal is thrown with its code. */
export async function createQuote(
  ctx: GatewayContext,
  caller: Caller,
  order: SourceOrder,
  requestId: RequestId,
): Promise<NewQuote> {
  const { accountId, livemode } = caller
  const source = sealSource(ctx.config.sources.keyRing, await resolveSource(ctx, caller, order))
  const quoteId = `quote_${randomBase62(24)}`
  const mode = livemode ? {} : { livemode }
  const job = { quoteId, accountId, factor: order.factor, source, ...mode }
  const answer = await probeForQuote(ctx, job, requestId)
  if (answer.outcome === 'refused') throw refusalOf(answer.error, order)
  const { media } = answer
  const [{ rates, balance }, etaSeconds] = await Promise.all([
    askBilling(ctx, caller),
    askEta(ctx, caller, order, media),
  ])
  // By billing's clock, which decides what the price was at that moment.
  const createdAt = new Date(rates.at)
  const creditsPerSecond = rates.creditsPerSecond[order.factor]
  const credits = billedSeconds(media.durationMs) * creditsPerSecond
  const quote: Quote = {
    quoteId,
    accountId,
    livemode,
    videoUrl: order.videoUrl,
    upscaleFactor: order.factor,
    media,
    credits: BigInt(credits),
    creditsPerSecond: BigInt(creditsPerSecond),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + VALID_MS),
  }
  await insertQuote(ctx.db, quote)
  const isAffordable = balance >= credits && !isUnpaid(order.videoUrl)
  return { ...quote, isAffordable, etaSeconds }
}

/** Of a test whose create is refused for want of credits. */
function isUnpaid(url: string): boolean {
  const name = magicNameOf(url)
  const video: MagicVideo | undefined = name && MAGIC_VIDEOS[name]
  return video?.unpaid !== undefined
}

async function askBilling({ billing }: GatewayContext, { accountId }: Caller) {
  const [rates, account] = await Promise.all([
    billing.readRatesNow(),
    billing.readAccount(accountId),
  ])
  return { rates, balance: account?.balance ?? 0 }
}

const askEta = (
  ctx: GatewayContext,
  { livemode }: Caller,
  { videoUrl, factor }: SourceOrder,
  media: MediaFacts,
) => ctx.eta({ livemode, videoUrl, factor, media, createdAt: ctx.now(), isRunning: false })
