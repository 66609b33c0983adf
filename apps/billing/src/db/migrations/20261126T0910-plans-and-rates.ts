import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** How a customer changes plan and a factor changes price. Errors as in the charge functions. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create function billing.change_plan(p_customer text, p_plan text)
returns void language plpgsql security definer set search_path = billing, pg_temp as $$
begin
  if not exists (select 1 from billing.plan x where x.id = p_plan) then
    raise exception 'no plan %', p_plan using errcode = 'LG422';
  end if;
  update billing.customer x set plan_id = p_plan where x.id = p_customer;
  if not found then raise exception 'no customer %', p_customer using errcode = 'LG404'; end if;
end $$;
grant execute on function billing.change_plan(text, text) to billing_app;

-- One writer at a time; who reads prices does not wait. LG409 carries the price that stands as its detail.
create function billing.add_rate(p_factor text, p_credits_per_second int, p_valid_from timestamptz)
returns boolean language plpgsql security definer set search_path = billing, pg_temp as $$
declare v_known int;
begin
  lock table billing.rate in share row exclusive mode;
  select x.credits_per_second into v_known from billing.rate x
    where x.factor = p_factor and x.valid_from = p_valid_from;
  if found then
    if v_known <> p_credits_per_second then
      raise exception 'factor % has another rate from %', p_factor, p_valid_from
        using errcode = 'LG409', detail = v_known::text;
    end if;
    return true;
  end if;
  if p_valid_from <= clock_timestamp() then
    raise exception 'a rate cannot begin in the past' using errcode = 'LG422';
  end if;
  insert into billing.rate (id, factor, credits_per_second, valid_from)
    select max(x.id) + 1, p_factor, p_credits_per_second, p_valid_from from billing.rate x;
  return false;
end $$;
grant execute on function billing.add_rate(text, int, timestamptz) to billing_app;
`.execute(db)
}
