import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** Prices are data. A rate holds from `valid_from` until the next one of its factor. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create table billing.rate (
  id int primary key,
  factor text not null check (factor in ('1', '2', '4')),
  credits_per_second int not null check (credits_per_second between 1 and 10000),
  valid_from timestamptz not null,
  unique (factor, valid_from));
insert into billing.rate (id, factor, credits_per_second, valid_from) values
  (1, '1', 16, '2026-01-01Z'), (2, '2', 16, '2026-01-01Z'), (3, '4', 28, '2026-01-01Z');

create table billing.plan (
  id text primary key,
  daily_tasks int check (daily_tasks >= 0),
  usd_micros_per_credit int check (usd_micros_per_credit > 0));
insert into billing.plan (id, daily_tasks, usd_micros_per_credit) values
  ('free', 0, null), ('starter', 100, null), ('pro_monthly', 500, 12000), ('pro_yearly', 500, 6000),
  ('enterprise', null, null);

create table billing.customer (
  id text primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  plan_id text not null references billing.plan,
  created_at timestamptz not null default now());
`.execute(db)
}
