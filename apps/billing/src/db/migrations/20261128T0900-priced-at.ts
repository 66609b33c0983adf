import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/**
 * A quoted price is named by its time, since its customer holds a time and no rate: the rate of that moment,
 * for an hour. The arguments keep their places, so that a billing of the release before still finds `debit`.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
drop function billing.debit(text, text, int, text, int, int, bigint, boolean);
drop function billing.choose_rate(text, int);

create function billing.choose_rate(p_factor text, p_priced_at timestamptz)
returns billing.rate language plpgsql stable as $$
declare r billing.rate;
begin
  if p_priced_at > now() or p_priced_at <= now() - interval '1 hour' then
    raise exception 'a price of % does not hold now', p_priced_at using errcode = 'LG422';
  end if;
  select * into r from billing.rate x
    where x.factor = p_factor and x.valid_from <= coalesce(p_priced_at, now())
    order by x.valid_from desc limit 1;
  if not found then
    raise exception 'no rate holds for factor % (priced at: %)', p_factor, p_priced_at
      using errcode = 'LG422';
  end if;
  return r;
end $$;

create function billing.debit(p_account text, p_task text, p_generation int, p_factor text,
  p_duration_ms int, p_priced_at timestamptz, p_max_credits bigint, p_or_waive boolean)
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
  if p_generation > 1 then
    perform 1 from billing.charge x where x.task_id = p_task order by x.generation for no key update;
  end if;
  select bool_or(x.account_id <> p_account or x.factor <> p_factor or x.seconds <> v_seconds) as other,
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
    r := billing.choose_rate(p_factor, p_priced_at);
  else
    r.id := s.rate_id;
    r.credits_per_second := s.credits_per_second;
  end if;
  v_amount := r.credits_per_second::bigint * v_seconds - s.kept;
  if s.rate_id is null and v_amount > p_max_credits then
    return row('too_expensive', false, v_amount, null, null, r.credits_per_second, null)::billing.answer;
  end if;

  insert into billing.charge (task_id, generation, account_id, state, rate_id, factor,
      credits_per_second, duration_ms, amount)
    values (p_task, p_generation, p_account, 'debited', r.id, p_factor,
      r.credits_per_second, p_duration_ms, v_amount)
    on conflict do nothing;
  if not found then -- lost a race, to a twin or to another live generation
    if exists (select 1 from billing.charge x where x.task_id = p_task and x.generation = p_generation) then
      return billing.debit(p_account, p_task, p_generation, p_factor, p_duration_ms, p_priced_at,
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
grant execute on function billing.debit(text, text, int, text, int, timestamptz, bigint, boolean) to billing_app;
`.execute(db)
}
