import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What the whole public API keeps: options of orders, events, keys, quotes, uploads, webhooks, limits. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
alter table gateway.task_order
  alter column video_url drop not null, -- its customer may remove it
  add column max_credits bigint,
  add column quote_id text,
  add column webhook_url text check (length(webhook_url) <= 2048),
  add column webhook_events text[] not null default '{}';

alter table gateway.task
  add column account_id text,
  add column livemode boolean,
  add column credits_remaining bigint,
  add column cancel_requested_at timestamptz(3),
  add column event_seq int not null default 0,
  add column deleted_at timestamptz(3),
  add column removed_at timestamptz(3);
comment on column gateway.task.deleted_at is 'when its customer deleted it';
comment on column gateway.task.removed_at is 'when what its attempts stored left the object store';
update gateway.task t set account_id = o.account_id, livemode = o.livemode
  from gateway.task_order o where o.task_id = t.task_id;
alter table gateway.task alter column account_id set not null, alter column livemode set not null;
create index task_account on gateway.task (account_id, created_at desc, task_id desc);
create index task_account_status on gateway.task (account_id, status, created_at desc, task_id desc);
create index task_account_open on gateway.task (account_id) where status in ('pending', 'processing');
create index task_to_remove on gateway.task (coalesce(expires_at, completed_at), task_id)
  where completed_at is not null and removed_at is null;
create index task_completed_at on gateway.task (completed_at) where completed_at is not null;

create table gateway.task_event (
  task_id text not null references gateway.task on delete cascade,
  seq int not null,
  type text not null check (type in ('task.created', 'task.stage', 'task.progress')),
  at timestamptz(3) not null,
  body json not null,
  primary key (task_id, seq));
create index task_event_at on gateway.task_event using brin (at);

create table gateway.idempotency_key (
  account_id text not null,
  livemode boolean not null,
  key text not null check (length(key) between 1 and 255),
  fingerprint bytea not null,
  task_id text not null references gateway.task_order on delete cascade,
  created_at timestamptz(3) not null default now(),
  primary key (account_id, livemode, key));
create index idempotency_key_task on gateway.idempotency_key (task_id);
create index idempotency_key_created on gateway.idempotency_key (created_at);

create table gateway.quote (
  quote_id text primary key check (quote_id ~ '^quote_[A-Za-z0-9]{16,40}$'),
  account_id text not null,
  livemode boolean not null,
  video_url text not null,
  upscale_factor text not null,
  media json not null,
  credits bigint not null,
  credits_per_second bigint not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null);
create index quote_expires on gateway.quote (expires_at);

create table gateway.upload (
  object_key text primary key,
  account_id text not null,
  livemode boolean not null,
  slot_digest bytea not null unique,
  content_type text not null,
  stored_bytes bigint,
  created_at timestamptz(3) not null,
  put_until timestamptz(3) not null,
  expires_at timestamptz(3) not null);
create index upload_expires on gateway.upload (expires_at);
create index upload_account on gateway.upload (account_id);

create table gateway.webhook_secret (
  account_id text primary key,
  livemode boolean not null,
  sealed text not null,
  previous_sealed text,
  previous_valid_until timestamptz(3),
  created_at timestamptz(3) not null default now());

create table gateway.webhook_delivery (
  delivery_id text primary key check (delivery_id ~ '^whd_[A-Za-z0-9]{16,40}$'),
  webhook_id text not null unique,
  account_id text not null,
  livemode boolean not null,
  task_id text references gateway.task on delete cascade,
  type text not null check (type in ('task.completed', 'task.failed', 'task.canceled')),
  url text not null,
  body text,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  next_attempt_at timestamptz(3),
  created_at timestamptz(3) not null default now());
comment on column gateway.webhook_delivery.task_id is 'null: a test';
comment on column gateway.webhook_delivery.body is 'the signed bytes; null: not made yet';
create index webhook_delivery_account
  on gateway.webhook_delivery (account_id, created_at desc, delivery_id desc);
create index webhook_delivery_task on gateway.webhook_delivery (task_id);
create index webhook_delivery_created on gateway.webhook_delivery (created_at);
create index webhook_delivery_due on gateway.webhook_delivery (next_attempt_at) where status = 'pending';

create table gateway.webhook_attempt (
  delivery_id text not null references gateway.webhook_delivery on delete cascade,
  number int not null,
  at timestamptz(3) not null,
  status_code int,
  error text,
  duration_ms int not null,
  response_snippet text,
  primary key (delivery_id, number));

-- Counts of a moment: a crash of the database may forget them.
create unlogged table gateway.rate_window (
  account_id text not null,
  scope text not null check (scope in ('requests', 'creates', 'quotes')),
  window_start timestamptz(3) not null,
  used int not null,
  primary key (account_id, scope));
create unlogged table gateway.open_stream (
  gateway_id text not null,
  account_id text not null,
  streams int not null check (streams >= 0),
  seen_at timestamptz(3) not null,
  primary key (account_id, gateway_id));

grant update (video_url) on gateway.task_order to gateway_app;
grant select, insert, update, delete on gateway.task_event, gateway.idempotency_key, gateway.quote,
  gateway.upload, gateway.webhook_secret, gateway.webhook_delivery, gateway.webhook_attempt,
  gateway.rate_window, gateway.open_stream to gateway_app;
grant select on gateway.task_event, gateway.idempotency_key, gateway.quote, gateway.upload,
  gateway.webhook_delivery, gateway.webhook_attempt, gateway.rate_window, gateway.open_stream
  to gateway_read;
`.execute(db)
}
