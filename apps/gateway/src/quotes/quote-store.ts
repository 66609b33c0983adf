import type { Selectable } from 'kysely'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import type { QuoteTable } from '../db/schema/quote.ts'

export type Quote = Selectable<QuoteTable>

export async function insertQuote(db: GatewayDb, quote: Quote): Promise<void> {
  const media = JSON.stringify(quote.media)
  await db
    .insertInto('gateway.quote')
    .values({ ...quote, media })
    .execute()
}

/** The caller's quote, also one that has expired. */
export const readQuote = (
  db: GatewayDb,
  { accountId, livemode }: Pick<Caller, 'accountId' | 'livemode'>,
  quoteId: string,
): Promise<Quote | undefined> =>
  db
    .selectFrom('gateway.quote')
    .selectAll()
    .where('quoteId', '=', quoteId)
    .where('accountId', '=', accountId)
    .where('livemode', '=', livemode)
    .executeTakeFirst()
