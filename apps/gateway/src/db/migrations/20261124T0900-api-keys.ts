import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** API keys: digests only, the pepper lives outside the database. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create table gateway.api_key (
  id text primary key,
  customer_id text not null check (customer_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  livemode boolean not null,
  name text not null check (length(name) between 1 and 100),
  pepper_id text not null,
  digest bytea not null unique check (length(digest) = 32),
  shown text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3));
create index api_key_customer on gateway.api_key (customer_id, created_at);

grant select, insert, update on gateway.api_key to gateway_app;
`.execute(db)
}
