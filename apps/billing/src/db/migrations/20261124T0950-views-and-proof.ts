import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What customers, auditors and the proof of the books read; who may read what. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await createCustomerView(db)
  await createAudits(db)
  await createProof(db)
  await sql`
grant select on billing.rate, billing.plan, billing.customer, billing.account, billing.charge,
  billing.entry, billing.proof, billing.posting, billing.customer_transaction, billing.audit_account,
  billing.audit_task to billing_app, billing_read;
`.execute(db)
}

const createCustomerView = (db: Kysely<unknown>) =>
  sql`
create view billing.customer_transaction as
  select e.account_id, e.seq, e.kind, billing.txn_id(e.account_id, e.seq) as id,
    case when e.kind in ('adjust', 'waive') then 'adjustment' else e.kind end as type,
    e.delta as amount, e.balance_after, e.task_id,
    case when e.kind = 'refund' then (
      select billing.txn_id(d.account_id, d.seq) from billing.entry d
        where d.task_id = e.task_id and d.generation = e.generation and d.kind = 'debit') end as related_id,
    e.reason, e.created_at
  from billing.entry e;
`.execute(db)

const createAudits = (db: Kysely<unknown>) =>
  sql`
create view billing.posting as
  select account_id as account, account_id, seq, kind, delta as amount from billing.entry
  union all
  select contra, account_id, seq, kind, -delta from billing.entry;

create view billing.audit_account as
  select a.id, a.balance, a.seq, coalesce(e.total, 0) as entry_sum,
    a.balance = coalesce(e.total, 0) and a.seq = coalesce(e.lines, 0) and a.seq = coalesce(e.last, 0) as ok
  from billing.account a left join (
    select account_id, sum(delta) as total, count(*) as lines, max(seq) as last from billing.entry group by 1
  ) e on e.account_id = a.id;

create view billing.audit_task as
  select t.task_id, t.kept, t.price, coalesce(-e.total, 0) as paid, t.live,
    coalesce(-e.total, 0) = t.kept and t.kept between 0 and coalesce(t.price, 0) and t.live <= 1 as ok
  from (
    select task_id, sum(coalesce(taken, 0) - coalesce(given_back, 0)) as kept,
      max(credits_per_second * seconds) as price,
      count(*) filter (where state in ('debited', 'settled', 'waived')) as live
    from billing.charge group by 1
  ) t left join (
    select task_id, sum(delta) as total from billing.entry where generation is not null group by 1
  ) e using (task_id);
`.execute(db)

// Proves only accounts with new entries since their last proof, in one snapshot; rows are problems.
const createProof = (db: Kysely<unknown>) =>
  sql`
create table billing.proof (
  account_id text primary key,
  seq bigint not null,
  balance bigint not null,
  proved_at timestamptz not null);

create function billing.prove() returns table (account_id text, problem text)
language sql security definer set search_path = billing, pg_temp as $$
  with due as (
    select a.id, a.balance, a.seq, coalesce(p.seq, 0) as old_seq, coalesce(p.balance, 0) as old_balance
    from billing.account a left join billing.proof p on p.account_id = a.id
    where (a.seq, a.balance) is distinct from (coalesce(p.seq, 0), coalesce(p.balance, 0))),
  counted as (
    select d.*, n.lines = d.seq - d.old_seq and n.total = d.balance - d.old_balance as ok,
      d.old_balance + n.total as says
    from due d cross join lateral (
      select count(*) as lines, coalesce(sum(e.delta), 0) as total from billing.entry e
        where e.account_id = d.id and e.seq > d.old_seq and e.seq <= d.seq) n),
  kept as (
    insert into billing.proof select id, seq, balance, now() from counted where ok
    on conflict (account_id) do update
      set seq = excluded.seq, balance = excluded.balance, proved_at = excluded.proved_at)
  select id, format('balance %s, lines say %s', balance, says) from counted where not ok $$;
grant execute on function billing.prove() to billing_app;
`.execute(db)
