import type { ColumnType } from 'kysely'
import type { AccountId, MediaFacts, UpscaleFactor } from '@upscale/types'

/** A price that holds until it expires, and the probe behind it. */
export interface QuoteTable {
  quoteId: string
  accountId: AccountId
  livemode: boolean
  videoUrl: string
  upscaleFactor: UpscaleFactor
  media: ColumnType<MediaFacts, string, never>
  credits: bigint
  creditsPerSecond: bigint
  createdAt: Date
  expiresAt: Date
}
