import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/**
 * What a grant was for: bought (subscription, pack) or given (goodwill). A grant from before has no purpose,
 * no other line ever has one.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await addPurpose(db)
  await showPurpose(db)
  await replacePost(db)
  await replacePostOnce(db)
  await replaceGrants(db)
}

// Not valid: it holds for every new line and leaves the old grants as they are.
const addPurpose = (db: Kysely<unknown>) =>
  sql`
alter table billing.entry add column purpose text,
  add constraint entry_purpose check (
    case kind when 'grant' then purpose is not null and purpose in ('subscription', 'pack', 'goodwill')
              else purpose is null end) not valid;
create index entry_bought on billing.entry (account_id)
  where kind = 'grant' and purpose is distinct from 'goodwill';
`.execute(db)

const showPurpose = (db: Kysely<unknown>) =>
  sql`
create or replace view billing.customer_transaction as
  select e.account_id, e.seq, e.kind, billing.txn_id(e.account_id, e.seq) as id,
    case when e.kind in ('adjust', 'waive') then 'adjustment' else e.kind end as type,
    e.delta as amount, e.balance_after, e.task_id,
    case when e.kind = 'refund' then (
      select billing.txn_id(d.account_id, d.seq) from billing.entry d
        where d.task_id = e.task_id and d.generation = e.generation and d.kind = 'debit') end as related_id,
    e.reason, e.created_at, e.purpose
  from billing.entry e;
`.execute(db)

const replacePost = (db: Kysely<unknown>) =>
  sql`
drop function billing.post(text, text, bigint, text, text, int, text, text);
create function billing.post(p_account text, p_kind text, p_delta bigint, p_key text, p_task text,
  p_generation int, p_reason text, p_actor text, p_purpose text default null)
returns bigint language plpgsql as $$
declare a billing.account;
begin
  update billing.account x set balance = x.balance + p_delta, seq = x.seq + 1
    where x.id = p_account and x.balance + p_delta >= 0 returning * into a;
  if found then
    insert into billing.entry (account_id, seq, kind, delta, balance_before, balance_after, key, task_id,
        generation, reason, actor, purpose)
      values (p_account, a.seq, p_kind, p_delta, a.balance - p_delta, a.balance, p_key, p_task,
        p_generation, p_reason, p_actor, p_purpose);
  elsif not exists (select 1 from billing.account x where x.id = p_account) then
    raise exception 'no account %', p_account using errcode = 'LG404';
  end if;
  return a.balance;
end $$;
`.execute(db)

// LG402 and LG422 carry the balance as their detail. A grant from before is repeated with any purpose.
const replacePostOnce = (db: Kysely<unknown>) =>
  sql`
drop function billing.post_once(text, text, text, bigint, text, text, text);
create function billing.post_once(p_account text, p_kind text, p_key text, p_delta bigint, p_task text,
  p_reason text, p_actor text, p_purpose text default null)
returns table (replay boolean, balance bigint) language plpgsql as $$
declare e billing.entry; v_balance bigint;
begin
  select x.balance into v_balance from billing.account x where x.id = p_account for no key update;
  if not found then raise exception 'no account %', p_account using errcode = 'LG404'; end if;
  select * into e from billing.entry x where x.key = p_key;
  if found then
    if (e.account_id, e.kind, e.delta, e.task_id) is distinct from (p_account, p_kind, p_delta, p_task)
       or e.purpose <> p_purpose then
      raise exception 'key % was used with other data', p_key using errcode = 'LG409';
    end if;
    return query select true, e.balance_after;
    return;
  end if;
  if v_balance + p_delta < 0 then
    raise exception 'balance of % would fall below zero', p_account
      using errcode = 'LG402', detail = v_balance::text;
  end if;
  if v_balance + p_delta > 9007199254740991 then
    raise exception 'balance of % would no longer fit a number', p_account
      using errcode = 'LG422', detail = v_balance::text;
  end if;
  return query select false, billing.post(p_account, p_kind, p_delta, p_key, p_task, null, p_reason, p_actor,
    p_purpose);
end $$;
`.execute(db)

const replaceGrants = (db: Kysely<unknown>) =>
  sql`
drop function billing.grant_credits(text, text, bigint, text, text);
create function billing.grant_credits(p_account text, p_key text, p_amount bigint, p_purpose text,
  p_reason text, p_actor text)
returns table (replay boolean, balance bigint)
language sql security definer set search_path = billing, pg_temp as $$
  select * from billing.post_once(p_account, 'grant', p_key, p_amount, null, p_reason, p_actor, p_purpose) $$;
grant execute on function billing.grant_credits(text, text, bigint, text, text, text) to billing_app;

create or replace function billing.refill(p_account text, p_key text, p_target bigint)
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
      'daily test credits', 'system', 'goodwill');
  end if;
  return v_balance;
end $$;
`.execute(db)
