import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What operators did and why, and the order in which the reconciler reads tasks. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
create index task_open on gateway.task (created_at, task_id) where status in ('pending', 'processing');
-- The same rows in another order: one index is enough for both readers.
drop index gateway.task_running;
create index task_delivered on gateway.task (completed_at, task_id) where status = 'completed';

create table gateway.operator_action (
  id bigint generated always as identity primary key,
  at timestamptz(3) not null default now(),
  actor text not null check (length(actor) between 1 and 60),
  action text not null check (length(action) between 1 and 40),
  target text not null check (length(target) between 1 and 100),
  reason text not null check (length(reason) between 1 and 300),
  outcome text not null default 'begun' check (outcome in ('begun', 'done', 'refused', 'failed')),
  detail text);
create index operator_action_target on gateway.operator_action (target, id);

create function gateway.refuse_change() returns trigger language plpgsql as $$ begin
  raise exception 'what an operator did stands for ever';
end $$;
create trigger operator_action_ends_once before update on gateway.operator_action
  for each row when (old.outcome <> 'begun') execute function gateway.refuse_change();
create trigger operator_action_stays before delete on gateway.operator_action
  for each row execute function gateway.refuse_change();
create trigger operator_action_is_kept before truncate on gateway.operator_action
  for each statement execute function gateway.refuse_change();

grant select, insert, update (outcome, detail) on gateway.operator_action to gateway_app;
grant select on gateway.operator_action to gateway_read;
`.execute(db)
}
