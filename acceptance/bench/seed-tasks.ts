import { Pool } from 'pg'

/**
 * Copies of a real task for an account, a second apart: the rows are those that a job leaves. They are of last
 * week, so that no reconciler asks who paid for them.
 */
export async function copyTasks(
  database: string,
  { from, accountId, count }: { from: string; accountId: string; count: number },
): Promise<string[]> {
  const pool = new Pool({ connectionString: database, max: 1 })
  try {
    const { rows } = await pool.query<{ task_id: string }>(COPY, [from, accountId, count])
    await pool.query('analyze gateway.task, gateway.task_order')
    return rows.map(({ task_id: id }) => id)
  } finally {
    await pool.end()
  }
}

const COPY = `
  with wanted as (
    select 'task_' || substr(md5($2 || n) || md5(n || $2), 1, 24) as id,
      interval '7 days' + n * interval '1 second' as age
    from generate_series(1, $3::int) n),
  orders as (
    insert into gateway.task_order
    select (jsonb_populate_record(o, jsonb_build_object('task_id', w.id, 'account_id', $2::text,
      'created_at', o.created_at - w.age))).*
    from gateway.task_order o, wanted w where o.task_id = $1)
  insert into gateway.task
  select (jsonb_populate_record(t, jsonb_build_object('task_id', w.id, 'account_id', $2::text,
    'created_at', t.created_at - w.age, 'completed_at', t.completed_at - w.age))).*
  from gateway.task t, wanted w where t.task_id = $1
  returning task_id`
