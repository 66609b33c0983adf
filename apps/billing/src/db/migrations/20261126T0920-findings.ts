import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What the reconciler found wrong and nobody has mended yet, and when it last looked. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
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
grant select on billing.finding, billing.pass to billing_app, billing_read;

-- Replaces the set: what is found again keeps when it was first seen. Two passes at once take turns.
create function billing.report(p_findings jsonb)
returns void language sql security definer set search_path = billing, pg_temp as $$
  update billing.pass set ended_at = clock_timestamp();
  delete from billing.finding x where not exists (
    select 1 from jsonb_array_elements(p_findings) f
      where f ->> 'check' = x.check_name and f ->> 'subject' = x.subject);
  insert into billing.finding (check_name, subject, problem)
    select f ->> 'check', f ->> 'subject', string_agg(distinct f ->> 'problem', '; ')
      from jsonb_array_elements(p_findings) f group by 1, 2
    on conflict (check_name, subject) do update set problem = excluded.problem $$;
grant execute on function billing.report(jsonb) to billing_app;

create index charge_settled on billing.charge (closed_at, task_id, generation) where state = 'settled';
`.execute(db)
}
