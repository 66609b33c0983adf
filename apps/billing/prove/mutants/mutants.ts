/** A bug that somebody could write into the ledger. */
export interface Mutant {
  name: string
  /** Changes of the text of a function; every occurrence. */
  edits?: readonly { in: string; from: string; to: string }[]
  /** What protects from the bug is taken away. */
  sql?: string
  /** It shows only where two callers meet; `seldom`: it takes hundreds of lives. */
  needsChaos?: 'soon' | 'seldom'
}

/** The ledger as it is, which must pass. */
export const CONTROL: Mutant = { name: 'no bug (control)' }

const READ_THEN_WRITE = {
  in: 'billing.post',
  from: `  update billing.account x set balance = x.balance + p_delta, seq = x.seq + 1
    where x.id = p_account and x.balance + p_delta >= 0 returning * into a;`,
  to: `  select * into a from billing.account x where x.id = p_account and x.balance + p_delta >= 0;
  if found then
    update billing.account x set balance = a.balance + p_delta, seq = a.seq + 1
      where x.id = p_account returning * into a;
  end if;`,
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no tombstone',
    edits: [
      {
        in: 'billing.refund',
        from: 'from billing.account x where x.id = p_account',
        to: 'from billing.account x where false',
      },
      {
        in: 'billing.refund',
        from: `if not found then raise exception 'no account %', p_account using errcode = 'LG404'; end if;`,
        to: `if not found then
          return row('voided', false, null, null, null, null, null)::billing.answer; end if;`,
      },
    ],
  },
  {
    name: 'rejection not sticky',
    edits: [
      {
        in: 'billing.debit',
        from: '  insert into billing.charge (',
        to: `  select x.balance into v_balance from billing.account x where x.id = p_account;
  if v_balance < v_amount and not p_or_waive then
    return row('rejected', false, v_amount, null, v_balance, r.credits_per_second, null)::billing.answer;
  end if;
  insert into billing.charge (`,
      },
    ],
  },
  { name: 'read-then-write', edits: [READ_THEN_WRITE], needsChaos: 'soon' },
  {
    name: 'read-then-write, no chain',
    edits: [READ_THEN_WRITE],
    sql: `
alter table billing.account drop constraint account_is_last_entry;
alter table billing.entry drop constraint entry_chain, drop constraint entry_chain_target,
  drop constraint entry_pkey;
drop trigger entry_follows_account on billing.entry;`,
    needsChaos: 'soon',
  },
  {
    name: 'refund ignores the state',
    edits: [{ in: 'billing.refund', from: ` and x.state = 'debited' returning`, to: ' returning' }],
  },
  { name: 'two live generations', sql: 'drop index billing.charge_one_live_per_task' },
  { name: 'rerun at full price', edits: [{ in: 'billing.debit', from: ' - s.kept', to: '' }] },
  {
    name: 'kept part rounded down',
    edits: [{ in: 'billing.refund', from: 'p_keep_percent + 99', to: 'p_keep_percent' }],
  },
  {
    name: 'settle always says settled',
    edits: [
      {
        in: 'billing.settle',
        from: 'return billing.tell(p_task, p_generation, not v_new);',
        to: `return (select row('settled', t.replay, t.amount, t.given_back, t.balance,
    t.credits_per_second, t.debit_id)::billing.answer from billing.tell(p_task, p_generation, not v_new) t);`,
      },
    ],
  },
  {
    name: 'gap in generations',
    edits: [{ in: 'billing.debit', from: 's.before is not true', to: 'false' }],
  },
  {
    name: 'always waives',
    edits: [
      { in: 'billing.debit', from: '\n  loop\n', to: '\n  loop\n    exit when p_or_waive;\n' },
    ],
  },
  {
    name: 'grant without lock',
    edits: [{ in: 'billing.post_once', from: ' for no key update', to: '' }],
    needsChaos: 'soon',
  },
  {
    name: 'seconds rounded down',
    edits: [
      { in: 'billing.debit', from: '(p_duration_ms + 999) / 1000', to: 'p_duration_ms / 1000' },
    ],
  },
  {
    name: 'rerun beside a refund',
    edits: [
      {
        in: 'billing.debit',
        from: 'where x.task_id = p_task order by x.generation for no key update;',
        to: 'where x.task_id = p_task;',
      },
    ],
    needsChaos: 'seldom',
  },
]
