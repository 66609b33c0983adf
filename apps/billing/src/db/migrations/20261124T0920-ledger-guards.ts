import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** Triggers that refuse, even to the owner, what constraints cannot say. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create function billing.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'billing.% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger entry_append_only before update or delete on billing.entry
  for each row execute function billing.refuse_change();
create trigger entry_no_truncate before truncate on billing.entry
  for each statement execute function billing.refuse_change();
create trigger rate_append_only before update or delete on billing.rate
  for each row execute function billing.refuse_change();
create trigger charge_no_delete before delete on billing.charge
  for each row execute function billing.refuse_change();
create trigger charge_no_truncate before truncate on billing.charge
  for each statement execute function billing.refuse_change();

-- A new entry is the account's present state: a stray one could hang after the last.
create function billing.follow_account() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from billing.account a
      where a.id = new.account_id and a.seq = new.seq and a.balance = new.balance_after) then
    raise exception 'entry %/% does not follow its account', new.account_id, new.seq
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger entry_follows_account before insert on billing.entry
  for each row execute function billing.follow_account();

-- A charge keeps who and how much; its state moves along these arrows only.
create function billing.guard_charge() returns trigger language plpgsql as $$
begin
  if (old.task_id, old.generation, old.account_id, old.rate_id, old.factor, old.credits_per_second,
      old.duration_ms, old.amount, old.created_at)
     is distinct from
     (new.task_id, new.generation, new.account_id, new.rate_id, new.factor, new.credits_per_second,
      new.duration_ms, new.amount, new.created_at)
     or (old.state || '>' || new.state) not in ('debited>settled', 'debited>refunded',
      'debited>rejected', 'debited>waived', 'settled>reversed') then
    raise exception 'illegal charge change % -> %', old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger charge_guard before update on billing.charge
  for each row execute function billing.guard_charge();
`.execute(db)
}
