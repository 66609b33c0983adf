import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/**
 * What may happen to a charge. Each function is one transaction and safe to repeat: a repeat moves nothing
 * and says what the charge is now. Lock order is always charge, then account. Errors: LG404 unknown,
 * LG409 known with other data, LG422 not allowed.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await createLineId(db)
  await createAnswer(db)
  await createPost(db)
  await createPrice(db)
  await createDebit(db)
  await createRefund(db)
  await createSettle(db)
  await createReverse(db)
}

// The public id of a line: stable, and no column of its own.
const createLineId = (db: Kysely<unknown>) =>
  sql`
create function billing.txn_id(p_account text, p_seq bigint) returns text language sql stable return
  'txn_' || left(encode(sha256(convert_to(p_account || '/' || p_seq, 'UTF8')), 'hex'), 24);
grant execute on function billing.txn_id(text, bigint) to billing_app, billing_read;
`.execute(db)

// balance: right after the newest entry of the charge; rejected: the one that was too small. debit_id: the
// public id of the line that took the credits.
const createAnswer = (db: Kysely<unknown>) =>
  sql`
create type billing.answer as (
  state text, replay boolean, amount bigint, given_back bigint, balance bigint, credits_per_second int,
  debit_id text);

create function billing.tell(p_task text, p_generation int, p_replay boolean)
returns billing.answer language sql stable as $$
  select c.state, p_replay, c.amount, c.given_back, coalesce(c.balance_seen,
    (select e.balance_after from billing.entry e
      where e.task_id = c.task_id and e.generation = c.generation order by e.seq desc limit 1)),
    c.credits_per_second,
    (select billing.txn_id(e.account_id, e.seq) from billing.entry e
      where e.task_id = c.task_id and e.generation = c.generation and e.kind = 'debit')
  from billing.charge c where c.task_id = p_task and c.generation = p_generation $$;
`.execute(db)

// The one place that moves money; null: the balance would fall below zero.
const createPost = (db: Kysely<unknown>) =>
  sql`
create function billing.post(p_account text, p_kind text, p_delta bigint, p_key text, p_task text,
  p_generation int, p_reason text, p_actor text)
returns bigint language plpgsql as $$
declare a billing.account;
begin
  update billing.account x set balance = x.balance + p_delta, seq = x.seq + 1
    where x.id = p_account and x.balance + p_delta >= 0 returning * into a;
  if found then
    insert into billing.entry (account_id, seq, kind, delta, balance_before, balance_after, key, task_id,
        generation, reason, actor)
      values (p_account, a.seq, p_kind, p_delta, a.balance - p_delta, a.balance, p_key, p_task,
        p_generation, p_reason, p_actor);
  elsif not exists (select 1 from billing.account x where x.id = p_account) then
    raise exception 'no account %', p_account using errcode = 'LG404';
  end if;
  return a.balance;
end $$;
`.execute(db)

// Today's rate of the factor, or a quoted one that has ended at most an hour ago.
const createPrice = (db: Kysely<unknown>) =>
  sql`
create function billing.choose_rate(p_factor text, p_quoted int)
returns billing.rate language plpgsql stable as $$
declare r billing.rate;
begin
  if p_quoted is null then
    select * into r from billing.rate x where x.factor = p_factor and x.valid_from <= now()
      order by x.valid_from desc limit 1;
  else
    select * into r from billing.rate x
      where x.id = p_quoted and x.factor = p_factor and x.valid_from <= now() and not exists (
        select 1 from billing.rate y where y.factor = x.factor and y.valid_from > x.valid_from
          and y.valid_from <= now() - interval '1 hour');
  end if;
  if not found then
    raise exception 'no rate is valid now for factor % (quoted: %)', p_factor, p_quoted
      using errcode = 'LG422';
  end if;
  return r;
end $$;
`.execute(db)

// A rerun has the price of the first charge, less what earlier generations kept. p_max_credits is asked
// only where the task has no charge yet: a job that was admitted keeps its price.
const createDebit = (db: Kysely<unknown>) =>
  sql`
create function billing.debit(p_account text, p_task text, p_generation int, p_factor text,
  p_duration_ms int, p_rate int, p_max_credits bigint, p_or_waive boolean)
returns billing.answer language plpgsql security definer set search_path = billing, pg_temp as $$
declare
  s record;
  r billing.rate;
  v_seconds int := (p_duration_ms + 999) / 1000;
  v_amount bigint;
  v_balance bigint;
begin
  if p_generation = 1 and p_or_waive then
    raise exception 'a first charge cannot be waived' using errcode = 'LG422';
  end if;
  select count(*) as charges,
         bool_or(x.account_id <> p_account or x.factor <> p_factor or x.seconds <> v_seconds) as other,
         bool_or(x.generation = p_generation) as here,
         bool_or(x.generation = p_generation - 1) as before,
         min(x.rate_id) as rate_id, min(x.credits_per_second) as credits_per_second,
         coalesce(sum(x.amount - x.given_back) filter (where x.state in ('refunded', 'reversed')), 0) as kept
    into s from billing.charge x where x.task_id = p_task;
  if s.other then
    raise exception 'task % is known with other data', p_task using errcode = 'LG409';
  end if;
  if s.here then return billing.tell(p_task, p_generation, true); end if;
  if p_generation > 1 and s.before is not true then
    raise exception 'generation % of % skips one', p_generation, p_task using errcode = 'LG409';
  end if;

  if s.rate_id is null then
    r := billing.choose_rate(p_factor, p_rate);
  else
    r.id := s.rate_id;
    r.credits_per_second := s.credits_per_second;
  end if;
  v_amount := r.credits_per_second::bigint * v_seconds - s.kept;
  if s.charges = 0 and v_amount > p_max_credits then
    return row('too_expensive', false, v_amount, null, null, r.credits_per_second, null)::billing.answer;
  end if;

  insert into billing.charge (task_id, generation, account_id, state, rate_id, factor,
      credits_per_second, duration_ms, amount)
    values (p_task, p_generation, p_account, 'debited', r.id, p_factor,
      r.credits_per_second, p_duration_ms, v_amount)
    on conflict do nothing;
  if not found then -- lost a race, to a twin or to another live generation
    if exists (select 1 from billing.charge x where x.task_id = p_task and x.generation = p_generation) then
      return billing.debit(p_account, p_task, p_generation, p_factor, p_duration_ms, p_rate,
        p_max_credits, p_or_waive);
    end if;
    return row('already_charged', false, null, null, null, null, null)::billing.answer;
  end if;

  loop
    v_balance := billing.post(p_account, 'debit', -v_amount, null, p_task, p_generation,
      'upscale ' || p_factor || 'x, ' || v_seconds || ' s', 'workflow');
    if v_balance is not null then return billing.tell(p_task, p_generation, false); end if;
    select x.balance into v_balance from billing.account x where x.id = p_account;
    exit when v_balance < v_amount; -- else credits arrived in between: once more
  end loop;
  if p_or_waive then
    update billing.charge x set state = 'waived', given_back = 0, closed_at = now()
      where x.task_id = p_task and x.generation = p_generation;
    perform billing.post(p_account, 'waive', 0, null, p_task, p_generation,
      'rerun delivered free of charge', 'workflow');
  else
    update billing.charge x set state = 'rejected', balance_seen = v_balance, closed_at = now()
      where x.task_id = p_task and x.generation = p_generation;
  end if;
  return billing.tell(p_task, p_generation, false);
end $$;
grant execute on function billing.debit(text, text, int, text, int, int, bigint, boolean) to billing_app;
`.execute(db)

// Refunded before it was debited: the tombstone 'voided', so that a late debit can never charge.
const createRefund = (db: Kysely<unknown>) =>
  sql`
create function billing.refund(p_account text, p_task text, p_generation int, p_keep_percent int,
  p_reason text, p_actor text)
returns billing.answer language plpgsql security definer set search_path = billing, pg_temp as $$
declare c billing.charge;
begin
  if p_keep_percent is null or p_keep_percent not between 0 and 100 then
    raise exception 'keep percent %', p_keep_percent using errcode = 'LG422';
  end if;
  if exists (select 1 from billing.charge x where x.task_id = p_task and x.account_id <> p_account)
     or p_generation > 1 and not exists (
       select 1 from billing.charge x where x.task_id = p_task and x.generation = p_generation - 1) then
    raise exception 'task % is of another account, or generation % skips one', p_task, p_generation
      using errcode = 'LG409';
  end if;
  loop
    update billing.charge x set closed_at = now(), reason = p_reason,
        given_back = nullif(x.amount - (x.amount * p_keep_percent + 99) / 100, 0),
        state = case when x.amount > (x.amount * p_keep_percent + 99) / 100 then 'refunded' else 'settled' end
      where x.task_id = p_task and x.generation = p_generation and x.state = 'debited' returning * into c;
    exit when found;
    insert into billing.charge (task_id, generation, account_id, state, reason, closed_at)
      select p_task, p_generation, p_account, 'voided', p_reason, now()
        from billing.account x where x.id = p_account
      on conflict do nothing;
    if found then return billing.tell(p_task, p_generation, false); end if;
    select * into c from billing.charge x where x.task_id = p_task and x.generation = p_generation;
    if not found then raise exception 'no account %', p_account using errcode = 'LG404'; end if;
    if c.state <> 'debited' then return billing.tell(p_task, p_generation, true); end if;
  end loop; -- the debit committed meanwhile: once more
  if c.state = 'refunded' then
    perform billing.post(c.account_id, 'refund', c.given_back, null, p_task, p_generation, p_reason, p_actor);
  end if;
  return billing.tell(p_task, p_generation, false);
end $$;
grant execute on function billing.refund(text, text, int, int, text, text) to billing_app;
`.execute(db)

// Never takes money: a late call of a dead run cannot charge.
const createSettle = (db: Kysely<unknown>) =>
  sql`
create function billing.settle(p_task text, p_generation int)
returns billing.answer language plpgsql security definer set search_path = billing, pg_temp as $$
declare v_new boolean;
begin
  update billing.charge x set state = 'settled', closed_at = now()
    where x.task_id = p_task and x.generation = p_generation and x.state = 'debited';
  v_new := found;
  if not exists (select 1 from billing.charge x where x.task_id = p_task and x.generation = p_generation) then
    raise exception 'no charge %/%', p_task, p_generation using errcode = 'LG404';
  end if;
  return billing.tell(p_task, p_generation, not v_new);
end $$;
grant execute on function billing.settle(text, int) to billing_app;
`.execute(db)

const createReverse = (db: Kysely<unknown>) =>
  sql`
create function billing.reverse(p_task text, p_generation int, p_reason text, p_actor text)
returns billing.answer language plpgsql security definer set search_path = billing, pg_temp as $$
declare c billing.charge;
begin
  update billing.charge x set state = 'reversed', given_back = x.amount, reason = p_reason, closed_at = now()
    where x.task_id = p_task and x.generation = p_generation and x.state = 'settled' returning * into c;
  if found then
    perform billing.post(c.account_id, 'refund', c.given_back, null, p_task, p_generation, p_reason, p_actor);
    return billing.tell(p_task, p_generation, false);
  end if;
  if not exists (select 1 from billing.charge x where x.task_id = p_task and x.generation = p_generation) then
    raise exception 'no charge %/%', p_task, p_generation using errcode = 'LG404';
  end if;
  return billing.tell(p_task, p_generation, true);
end $$;
grant execute on function billing.reverse(text, int, text, text) to billing_app;
`.execute(db)
