import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What customers asked for, and the read model of what became of it. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create table gateway.task_order (
  task_id text primary key check (task_id ~ '^task_[A-Za-z0-9]{16,40}$'),
  account_id text not null,
  livemode boolean not null,
  request_id text not null,
  model text not null,
  video_url text not null check (length(video_url) <= 2048),
  upscale_factor text not null check (upscale_factor in ('1', '2', '4')),
  metadata json not null,
  created_at timestamptz(3) not null);

create table gateway.task (
  task_id text primary key references gateway.task_order on delete cascade,
  created_at timestamptz(3) not null,
  status text not null check (status in ('pending', 'processing', 'completed', 'failed', 'canceled')),
  stage text not null
    check (stage in ('queued', 'fetching', 'preparing', 'upscaling', 'finalizing', 'done')),
  changed_at timestamptz(3) not null,
  parked_at timestamptz(3),
  progress double precision not null check (progress between 0 and 1),
  eta_seconds int check (eta_seconds >= 0),
  attempts int not null check (attempts >= 0),
  media json,
  credits_used bigint check (credits_used >= 0),
  credits_per_second bigint check (credits_per_second >= 0),
  output_key text,
  output json,
  timings json,
  error json,
  transactions json not null,
  started_at timestamptz(3),
  completed_at timestamptz(3),
  expires_at timestamptz(3),
  watched_at timestamptz(3),
  checked_at timestamptz(3),
  constraint task_completed check ((status = 'completed') = (progress = 1)),
  constraint task_has_output check (status <> 'completed' or (output_key is not null and
    output is not null and expires_at is not null)),
  constraint task_has_error check ((status in ('failed', 'canceled')) = (error is not null)),
  constraint task_ended check ((status in ('completed', 'failed', 'canceled')) =
    (completed_at is not null)));
-- A wider page for updates in place: a running task is written each second, its row never moves.
alter table gateway.task set (fillfactor = 80);
create index task_output on gateway.task (output_key) where output_key is not null;
create index task_running on gateway.task (task_id) where status in ('pending', 'processing');
create index task_pending on gateway.task (created_at) where status = 'pending';

grant select, insert, delete on gateway.task_order to gateway_app;
-- "for update" of an order, which is never changed, asks for the right to change a column of it.
grant update (task_id) on gateway.task_order to gateway_app;
grant select, insert, update on gateway.task to gateway_app;
grant select on gateway.task_order, gateway.task to gateway_read;
`.execute(db)
}
