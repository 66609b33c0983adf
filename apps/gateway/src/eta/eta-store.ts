import { MAGIC_ORIGIN } from '@upscale/types'
import type { UpscaleFactor } from '@upscale/types'
import { sql } from 'kysely'
import type { GatewayDb } from '../db/schema/index.ts'
import type { OpenTask } from './eta-of.ts'
import { jobSizeOf } from './job-size.ts'
import type { TimedJob } from './measured-speed.ts'
import type { Span } from './most-at-once.ts'

interface SizeRow {
  livemode: boolean
  factor: UpscaleFactor
  width: number
  height: number
  frames: number
}

/** What `jobSizeOf` takes, of task `t` and its order `o`. */
const SIZE = sql`t.livemode, o.upscale_factor as factor,
  (t.media -> 'video' ->> 'width')::int as width, (t.media -> 'video' ->> 'height')::int as height,
  (t.media -> 'video' ->> 'frames')::int as frames`

/** Tests that name their outcome take no slot, and say nothing of any speed; a deleted test may have been one. */
const IS_REAL = sql`t.media is not null
  and coalesce(not starts_with(o.video_url, ${sql.lit(MAGIC_ORIGIN)}), t.livemode)`

/** The newest finished jobs of each mode, of the last month, with the time from the begin of their attempt to their end. */
export async function readTimedJobs(
  db: GatewayDb,
  perMode: number,
): Promise<(TimedJob & { span: Span })[]> {
  type Row = SizeRow & { ms: number; startedAt: Date; completedAt: Date }
  const { rows } = await sql<Row>`
    select job.* from (values (true), (false)) as mode (is_live), lateral (
      select ${SIZE}, t.started_at, t.completed_at,
        (t.timings ->> 'fetchMs')::float8 + (t.timings ->> 'prepareMs')::float8
          + (t.timings ->> 'upscaleMs')::float8 + (t.timings ->> 'finalizeMs')::float8 as ms
      from gateway.task t join gateway.task_order o on o.task_id = t.task_id
      where t.status = 'completed' and t.livemode = mode.is_live
        and t.completed_at > now() - interval '30 days' -- a mode with few jobs need not pass all of the other
        and t.timings is not null and t.started_at is not null and ${IS_REAL}
      order by t.completed_at desc
      limit ${perMode}) job`.execute(db)
  return rows.map((row) => ({
    ...sizeFrom(row),
    ms: row.ms,
    span: { from: row.startedAt.getTime(), to: row.completedAt.getTime() },
  }))
}

/** Tasks that run or wait, the oldest first; none of those that wait for an operator. */
export async function readOpenTasks(db: GatewayDb, limit: number): Promise<OpenTask[]> {
  type Row = SizeRow & { createdAt: Date; isRunning: boolean; leftMs: number | null }
  const { rows } = await sql<Row>`
    select ${SIZE}, t.created_at, t.status = 'processing' as is_running,
      case when t.eta_seconds is not null then greatest(0,
        1000 * (t.eta_seconds - extract(epoch from now() - t.checked_at)))::float8 end as left_ms
    from gateway.task t join gateway.task_order o on o.task_id = t.task_id
    where t.status in ('pending', 'processing') and t.parked_at is null and ${IS_REAL}
    order by t.created_at, t.task_id
    limit ${limit}`.execute(db)
  return rows.map((row) => ({
    createdAt: row.createdAt.getTime(),
    isRunning: row.isRunning,
    size: sizeFrom(row),
    leftMs: row.leftMs,
  }))
}

const sizeFrom = ({ factor, livemode, ...picture }: SizeRow) => jobSizeOf(picture, factor, livemode)
