import { prepare } from '@upscale/db'
import type { Pool } from '@upscale/db'
import type { AccountId } from '@upscale/types'
import type { RateWindowTable } from '../db/schema/rate-window.ts'
import type { Lease, LeaseTokens } from './burst-limit.ts'

// The database's clock alone decides which window it is: gateways' clocks differ. Who comes late with the
// window before counts in the one that stands.
const LEASE_TOKENS = `
  with present as (
    select to_timestamp(floor(extract(epoch from clock_timestamp()) / $4::int) * $4::int) as start)
  insert into gateway.rate_window as w (account_id, scope, window_start, used)
  select $1, $2, present.start, $3 from present
  on conflict (account_id, scope) do update set
    used = case when w.window_start >= excluded.window_start then w.used else 0 end + excluded.used,
    window_start = greatest(w.window_start, excluded.window_start)
  returning used, window_start + make_interval(secs => $4::int) as "endsAt",
    (extract(epoch from window_start + make_interval(secs => $4::int) - clock_timestamp()) * 1000)::float8
      as "leftMs"`

interface Row {
  used: number
  endsAt: Date
  leftMs: number
}

export type RateScope = RateWindowTable['scope']

/** Takes tokens of a scope for this process out of the present window; as many as are left at most. */
export function createLeaseTokens(
  pool: Pool,
): (scope: RateScope, limit: number, windowSeconds: number) => LeaseTokens {
  const query = prepare<Row>(pool, 'lease_tokens', LEASE_TOKENS)
  return (scope, limit, windowSeconds) =>
    async (accountId: AccountId, wanted: number): Promise<Lease> => {
      const [row] = await query([accountId, scope, wanted, windowSeconds])
      if (!row) throw new Error('lease_tokens gave no row')
      const { used, endsAt, leftMs } = row
      const before = used - wanted
      return {
        tokens: Math.max(0, Math.min(wanted, limit - before)),
        left: Math.max(0, limit - used),
        endsAt,
        leftMs,
      }
    }
}
