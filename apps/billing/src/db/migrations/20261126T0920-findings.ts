import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What the reconciler found wrong and nobody has mended yet, what a person let be, and when it last looked. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await createTables(db)
  await createReport(db)
  await createAccept(db)
  await sql`
create index charge_settled on billing.charge (closed_at, task_id, generation) where state = 'settled';
`.execute(db)
}

const createTables = (db: Kysely<unknown>) =>
  sql`
create table billing.finding (
  check_name text not null,
  subject text not null,
  problem text not null,
  first_seen timestamptz not null default now(),
  primary key (check_name, subject));
create table billing.pass (
  only_row boolean primary key default true check (only_row),
  ended_at timestamptz); -- null: no pass has ended yet
insert into billing.pass default values;
create table billing.accepted (
  check_name text not null,
  subject text not null,
  reason text not null check (length(reason) between 1 and 200),
  actor text not null check (length(actor) between 1 and 100),
  at timestamptz not null default now(),
  primary key (check_name, subject));
create trigger accepted_append_only before update or delete on billing.accepted
  for each row execute function billing.refuse_change();
create trigger accepted_no_truncate before truncate on billing.accepted
  for each statement execute function billing.refuse_change();
grant select on billing.finding, billing.pass, billing.accepted to billing_app, billing_read;
`.execute(db)

// Replaces the set: what is found again keeps when it was first seen. A pass that did not look at everything
// leaves what the last audit found; one that asked before a finding was accepted does not bring it back.
// Two passes at once take turns, by the lock on the row of passes, and neither forgets what the other found
// since it began.
const createReport = (db: Kysely<unknown>) =>
  sql`
create function billing.report(p_findings jsonb, p_audited boolean, p_since timestamptz)
returns void language sql security definer set search_path = billing, pg_temp as $$
  update billing.pass set ended_at = clock_timestamp();
  delete from billing.finding x
    where x.first_seen < p_since and (p_audited or x.check_name <> 'audit') and not exists (
    select 1 from jsonb_array_elements(p_findings) f
      where f ->> 'check' = x.check_name and f ->> 'subject' = x.subject);
  insert into billing.finding (check_name, subject, problem)
    select f ->> 'check', f ->> 'subject', string_agg(distinct f ->> 'problem', '; ')
      from jsonb_array_elements(p_findings) f
      where (p_audited or f ->> 'check' <> 'audit') and not exists (
        select 1 from billing.accepted x
          where x.check_name = f ->> 'check' and x.subject = f ->> 'subject')
      group by 1, 2
    on conflict (check_name, subject) do update set problem = excluded.problem $$;
grant execute on function billing.report(jsonb, boolean, timestamptz) to billing_app;
`.execute(db)

// What only a person may decide: that a task was delivered and stays unpaid. It waits for a pass that reports
// at this moment.
const createAccept = (db: Kysely<unknown>) =>
  sql`
create function billing.accept(p_check text, p_subject text, p_reason text, p_actor text)
returns void language plpgsql security definer set search_path = billing, pg_temp as $$
begin
  if p_check is distinct from 'delivered_unpaid' then
    raise exception 'a finding of % has to be mended', p_check using errcode = 'LG422';
  end if;
  perform 1 from billing.pass for no key update;
  if exists (select 1 from billing.accepted x where x.check_name = p_check and x.subject = p_subject) then
    return;
  end if;
  delete from billing.finding x where x.check_name = p_check and x.subject = p_subject;
  if not found then
    raise exception 'no finding % of %', p_check, p_subject using errcode = 'LG404';
  end if;
  insert into billing.accepted (check_name, subject, reason, actor)
    values (p_check, p_subject, p_reason, p_actor);
end $$;
grant execute on function billing.accept(text, text, text, text) to billing_app;
`.execute(db)
