import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** An order is placed in one call: its Idempotency-Key, the daily quota and the cap of open tasks. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await addColumns(db)
  await createTasksToday(db)
  await createPlaceOrder(db)
}

const addColumns = (db: Kysely<unknown>) =>
  sql`
alter table gateway.task_order
  add column attached_at timestamptz(3),
  add column abandoned_at timestamptz(3);
comment on column gateway.task_order.attached_at is 'when a request with its key last came back for it';
comment on column gateway.task_order.abandoned_at is 'when its start failed and nobody can come back for it';
grant update (attached_at, abandoned_at) on gateway.task_order to gateway_app;
`.execute(db)

// Orders of refused starts are deleted, those of abandoned ones marked: what is left became a task or may.
const createTasksToday = (db: Kysely<unknown>) =>
  sql`
create function gateway.tasks_today(p_account text, p_at timestamptz) returns int
language sql stable as $$
  select count(*)::int from gateway.task_order
  where account_id = p_account and abandoned_at is null
    and created_at >= date_trunc('day', p_at, 'UTC') $$;
grant execute on function gateway.tasks_today(text, timestamptz) to gateway_app;
`.execute(db)

// outcome: placed | replay | key_reused | quota_used | queue_full. The orders of an account are placed one
// after the other, so that each count holds until its row is inserted. p_daily_limit null: unlimited.
const createPlaceOrder = (db: Kysely<unknown>) =>
  sql`
create function gateway.place_order(
  p_task text, p_account text, p_livemode boolean, p_request text, p_model text, p_url text,
  p_factor text, p_metadata json, p_max_credits bigint, p_quote text, p_webhook_url text,
  p_webhook_events text[], p_key text, p_fingerprint bytea, p_daily_limit int, p_open_limit int,
  out outcome text, out task_id text, out request_id text, out created_at timestamptz(3),
  out used_today int, out media json, out credits_used bigint, out credits_remaining bigint,
  out credits_per_second bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  known record;
  open_tasks int;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_account, 20261128));
  task_id := p_task;
  request_id := p_request;
  created_at := date_trunc('milliseconds', clock_timestamp());

  if p_key is not null then
    -- Locked: the sweeper and a refusal delete orders with their keys.
    select k.fingerprint, o.task_id, o.request_id, o.created_at, t.task_id is not null as is_recorded,
        t.media, t.credits_used, t.credits_remaining, t.credits_per_second
      into known
      from gateway.idempotency_key k
      join gateway.task_order o on o.task_id = k.task_id
      left join gateway.task t on t.task_id = k.task_id
      where k.account_id = p_account and k.livemode = p_livemode and k.key = p_key
        and k.created_at > place_order.created_at - interval '7 days'
      for no key update of o;
    if found and known.fingerprint <> p_fingerprint then
      outcome := 'key_reused';
      return;
    elsif found then
      outcome := 'replay';
      task_id := known.task_id;
      request_id := known.request_id;
      media := known.media;
      credits_used := known.credits_used;
      credits_remaining := known.credits_remaining;
      credits_per_second := known.credits_per_second;
      if not known.is_recorded then
        update gateway.task_order o set attached_at = place_order.created_at
          where o.task_id = known.task_id;
      end if;
      created_at := known.created_at;
      return;
    end if;
  end if;

  if p_daily_limit is not null then
    used_today := gateway.tasks_today(p_account, created_at);
    if used_today >= p_daily_limit then
      outcome := 'quota_used';
      return;
    end if;
    used_today := used_today + 1;
  end if;

  select (select count(*) from gateway.task t
      where t.account_id = p_account and t.status in ('pending', 'processing'))
    + (select count(*) from gateway.task_order o
      where o.account_id = p_account and o.abandoned_at is null
        and o.created_at > place_order.created_at - interval '10 minutes'
        and not exists (select from gateway.task t where t.task_id = o.task_id))
    into open_tasks;
  if open_tasks >= p_open_limit then
    outcome := 'queue_full';
    return;
  end if;

  insert into gateway.task_order (task_id, account_id, livemode, request_id, model, video_url,
      upscale_factor, metadata, max_credits, quote_id, webhook_url, webhook_events, created_at)
    values (p_task, p_account, p_livemode, p_request, p_model, p_url, p_factor, p_metadata,
      p_max_credits, p_quote, p_webhook_url, p_webhook_events, place_order.created_at);
  if p_key is not null then
    insert into gateway.idempotency_key as k (account_id, livemode, key, fingerprint, task_id, created_at)
      values (p_account, p_livemode, p_key, p_fingerprint, p_task, place_order.created_at)
      on conflict (account_id, livemode, key) do update set
        fingerprint = excluded.fingerprint, task_id = excluded.task_id, created_at = excluded.created_at;
  end if;
  outcome := 'placed';
end $$;
grant execute on function gateway.place_order to gateway_app;
`.execute(db)
