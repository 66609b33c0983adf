import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** Customers, grants and adjustments: once per key. Errors as in the charge functions; LG402 below zero. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create function billing.open_customer(p_customer text, p_plan text)
returns void language sql security definer set search_path = billing, pg_temp as $$
  insert into billing.customer (id, plan_id) values (p_customer, p_plan) on conflict do nothing;
  insert into billing.account (id) values (p_customer || ':live'), (p_customer || ':test')
    on conflict do nothing $$;
grant execute on function billing.open_customer(text, text) to billing_app;

-- Locks the account before it looks for the key: two at once see each other.
create function billing.post_once(p_account text, p_kind text, p_key text, p_delta bigint, p_task text,
  p_reason text, p_actor text)
returns table (replay boolean, balance bigint) language plpgsql as $$
declare e billing.entry; v_balance bigint;
begin
  perform 1 from billing.account x where x.id = p_account for no key update;
  if not found then raise exception 'no account %', p_account using errcode = 'LG404'; end if;
  select * into e from billing.entry x where x.key = p_key;
  if found then
    if (e.account_id, e.kind, e.delta, e.task_id) is distinct from (p_account, p_kind, p_delta, p_task) then
      raise exception 'key % was used with other data', p_key using errcode = 'LG409';
    end if;
    return query select true, e.balance_after;
    return;
  end if;
  v_balance := billing.post(p_account, p_kind, p_delta, p_key, p_task, null, p_reason, p_actor);
  if v_balance is null then
    raise exception 'balance of % would fall below zero', p_account using errcode = 'LG402';
  end if;
  return query select false, v_balance;
end $$;

create function billing.grant_credits(p_account text, p_key text, p_amount bigint, p_reason text, p_actor text)
returns table (replay boolean, balance bigint)
language sql security definer set search_path = billing, pg_temp as $$
  select * from billing.post_once(p_account, 'grant', p_key, p_amount, null, p_reason, p_actor) $$;
grant execute on function billing.grant_credits(text, text, bigint, text, text) to billing_app;

create function billing.adjust(p_account text, p_key text, p_delta bigint, p_task text, p_reason text,
  p_actor text)
returns table (replay boolean, balance bigint)
language sql security definer set search_path = billing, pg_temp as $$
  select * from billing.post_once(p_account, 'adjust', p_key, p_delta, p_task, p_reason, p_actor) $$;
grant execute on function billing.adjust(text, text, bigint, text, text, text) to billing_app;

create function billing.refill(p_account text, p_key text, p_target bigint)
returns bigint language plpgsql security definer set search_path = billing, pg_temp as $$
declare v_balance bigint;
begin
  if p_account not like '%:test' then
    raise exception 'refill is for test accounts' using errcode = 'LG422';
  end if;
  select x.balance into v_balance from billing.account x where x.id = p_account for no key update;
  if not found then raise exception 'no account %', p_account using errcode = 'LG404'; end if;
  if v_balance < p_target and not exists (select 1 from billing.entry x where x.key = p_key) then
    v_balance := billing.post(p_account, 'grant', p_target - v_balance, p_key, null, null,
      'daily test credits', 'system');
  end if;
  return v_balance;
end $$;
grant execute on function billing.refill(text, text, bigint) to billing_app;
`.execute(db)
}
