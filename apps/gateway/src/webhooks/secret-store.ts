import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import type { WebhookSecretTable } from '../db/schema/webhooks.ts'

type Owner = Pick<Caller, 'accountId' | 'livemode'>
export type SealedSecret = Omit<Selectable<WebhookSecretTable>, 'accountId' | 'livemode'>

/** The owner's secret; `sealed` becomes it where there is none yet. */
export async function ensureSecret(
  db: GatewayDb,
  { accountId, livemode }: Owner,
  sealed: () => string,
): Promise<SealedSecret> {
  const find = () =>
    db
      .selectFrom('gateway.webhookSecret')
      .select(['sealed', 'previousSealed', 'previousValidUntil', 'createdAt'])
      .where('accountId', '=', accountId)
      .where('livemode', '=', livemode)
  const known = await find().executeTakeFirst()
  if (known) return known
  await db
    .insertInto('gateway.webhookSecret')
    .values({ accountId, livemode, sealed: sealed() })
    .onConflict((conflict) => conflict.doNothing()) // somebody else was first: theirs counts
    .execute()
  return await find().executeTakeFirstOrThrow()
}

/** Replaces the owner's secret; the one before signs on until that time. */
export async function replaceSecret(
  db: GatewayDb,
  { accountId, livemode }: Owner,
  sealed: string,
  previousValidUntil: Date,
): Promise<void> {
  await sql`
    insert into gateway.webhook_secret as s (account_id, livemode, sealed)
    values (${accountId}, ${livemode}, ${sealed})
    on conflict (account_id) do update set
      sealed = excluded.sealed, created_at = now(),
      previous_sealed = s.sealed, previous_valid_until = ${previousValidUntil}`.execute(db)
}
