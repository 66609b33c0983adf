import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/**
 * The books. Accounts, charges and entries hold each other by foreign keys: no balance without its last
 * entry, no state of a charge without its entry, no entry that does not follow the one before.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await createAccounts(db)
  await createCharges(db)
  await createEntries(db)
  await tieTogether(db)
}

const createAccounts = (db: Kysely<unknown>) =>
  sql`
create table billing.account (
  id text primary key check (id ~ '^[A-Za-z0-9_-]{1,64}:(live|test)$'),
  balance bigint not null default 0,
  seq bigint not null default 0 check (seq >= 0), -- number of entries
  head_seq bigint generated always as (nullif(seq, 0)) stored,
  created_at timestamptz not null default now(),
  constraint account_never_negative check (balance >= 0),
  constraint account_fits_json check (balance <= 9007199254740991), -- a JSON number is always exact
  constraint account_starts_at_zero check (seq > 0 or balance = 0));
`.execute(db)

// No foreign key to account or rate: its KEY SHARE lock, taken before the update of a hot account, piles
// up multixacts there and costs up to 40 % of the speed.
const createCharges = (db: Kysely<unknown>) =>
  sql`
create table billing.charge (
  task_id text not null check (task_id ~ '^task_[A-Za-z0-9]{16,40}$'),
  generation int not null check (generation between 1 and 1000),
  account_id text not null,
  state text not null check (
    state in ('debited', 'settled', 'refunded', 'reversed', 'rejected', 'waived', 'voided')),
  rate_id int, -- the price is copied and fixed for ever
  factor text,
  credits_per_second int,
  duration_ms int check (duration_ms between 1 and 3600000),
  seconds int generated always as ((duration_ms + 999) / 1000) stored,
  amount bigint check (amount > 0),
  given_back bigint,
  balance_seen bigint, -- rejected: the balance that was too small
  reason text,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  taken bigint generated always as (
    case when state in ('debited', 'settled', 'refunded', 'reversed') then amount end) stored,
  debit_kind text generated always as (
    case when state in ('debited', 'settled', 'refunded', 'reversed') then 'debit' end) stored,
  back_kind text generated always as (
    case state when 'refunded' then 'refund' when 'reversed' then 'refund' when 'waived' then 'waive' end
  ) stored,
  primary key (task_id, generation),
  unique (task_id, generation, account_id, taken), -- these two are targets of the entries' keys
  unique (task_id, generation, account_id, given_back),
  constraint charge_open_or_closed check ((state = 'debited') = (closed_at is null)),
  constraint charge_priced check (
    num_nulls(rate_id, factor, credits_per_second, duration_ms, amount)
      = case state when 'voided' then 5 else 0 end),
  constraint charge_price check (
    amount = credits_per_second * seconds
    or (generation > 1 and amount < credits_per_second * seconds)),
  constraint charge_given_back check (
    case when state in ('refunded', 'reversed') then given_back is not null and given_back between 1 and amount
         when state = 'waived' then given_back is not distinct from 0
         else given_back is null end));
create unique index charge_one_live_per_task on billing.charge (task_id)
  where state in ('debited', 'settled', 'waived');
create index charge_open on billing.charge (created_at) where state = 'debited';
`.execute(db)

const createEntries = (db: Kysely<unknown>) =>
  sql`
create table billing.entry (
  account_id text not null references billing.account,
  seq bigint not null check (seq > 0),
  kind text not null check (kind in ('grant', 'debit', 'refund', 'waive', 'adjust')),
  delta bigint not null,
  balance_before bigint not null,
  balance_after bigint not null check (balance_after >= 0),
  key text, -- grants and adjustments only
  task_id text,
  generation int,
  reason text not null check (length(reason) between 1 and 200),
  actor text not null check (length(actor) between 1 and 100),
  created_at timestamptz not null default now(),
  contra text not null generated always as (
    case kind when 'grant' then 'sys:issued' when 'adjust' then 'sys:adjusted' else 'sys:usage' end) stored,
  prev_seq bigint generated always as (nullif(seq - 1, 0)) stored,
  debit_amount bigint generated always as (case kind when 'debit' then -delta end) stored,
  back_amount bigint generated always as (case when kind in ('refund', 'waive') then delta end) stored,
  primary key (account_id, seq),
  constraint entry_once_per_charge unique (task_id, generation, kind),
  constraint entry_chain_target unique (account_id, seq, balance_after),
  constraint entry_arith check (balance_after = balance_before + delta),
  constraint entry_first check (seq > 1 or balance_before = 0),
  constraint entry_sign check (
    case kind when 'debit' then delta < 0 when 'waive' then delta = 0 when 'adjust' then delta <> 0
              else delta > 0 end),
  constraint entry_link check (
    case when kind in ('debit', 'refund', 'waive') then num_nulls(task_id, generation) = 0 and key is null
         else key is not null and generation is null end),
  constraint entry_chain foreign key (account_id, prev_seq, balance_before)
    references billing.entry (account_id, seq, balance_after),
  constraint debit_matches_charge foreign key (task_id, generation, account_id, debit_amount)
    references billing.charge (task_id, generation, account_id, taken),
  constraint back_matches_charge foreign key (task_id, generation, account_id, back_amount)
    references billing.charge (task_id, generation, account_id, given_back));
create unique index entry_key_once on billing.entry (key) where key is not null;
create index entry_rare on billing.entry (account_id, seq) where kind <> 'debit';
`.execute(db)

const tieTogether = (db: Kysely<unknown>) =>
  sql`
alter table billing.account add constraint account_is_last_entry
  foreign key (id, head_seq, balance) references billing.entry (account_id, seq, balance_after)
  deferrable initially deferred;
alter table billing.charge
  add constraint charge_has_debit foreign key (task_id, generation, debit_kind)
    references billing.entry (task_id, generation, kind) deferrable initially deferred,
  add constraint charge_has_back foreign key (task_id, generation, back_kind)
    references billing.entry (task_id, generation, kind) deferrable initially deferred;
`.execute(db)
